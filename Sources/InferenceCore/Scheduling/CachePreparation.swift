/// A cache of another shape that is made beside the present one, so that nobody who is generating waits for that.
enum CachePreparation: Sendable, Equatable {
    case none
    case making(CacheGeometry)
    case ready(CacheGeometry)

    var geometry: CacheGeometry? {
        switch self {
        case .none: nil
        case .making(let geometry), .ready(let geometry): geometry
        }
    }
}
