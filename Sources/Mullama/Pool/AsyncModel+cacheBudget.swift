extension AsyncModel {
    var cacheBudget: CacheBudget { CacheBudget(bytesPerToken: 0, limit: nil, parallel: 8) }
}
