extension MetricFamily {
    /// All names that the family's lines begin with.
    private var lineNames: [String] {
        switch self.kind {
        case .counter, .gauge: [self.name]
        case .histogram: [self.name, self.name + "_bucket", self.name + "_sum", self.name + "_count"]
        }
    }

    /// The families as one page may show them: each name once, each set of labels once, in an order that does not depend on where they come from.
    ///
    /// Of two values for the same labels the first counts. Metrics of different kinds that would share a name are told apart by their kind.
    static func merged(_ families: [MetricFamily]) -> [MetricFamily] {
        var merged: [MetricFamily] = []
        var places: [String: Int] = [:]
        for family in families {
            let key = "\(family.kind) \(family.name)"
            guard let place = places[key] else {
                places[key] = merged.count
                merged.append(family)
                continue
            }
            merged[place].help = merged[place].help ?? family.help
            merged[place].series += family.series
        }
        merged.sort { ($0.name, $0.kind) < ($1.name, $1.kind) }
        var taken: Set<String> = []
        for index in merged.indices {
            while !taken.isDisjoint(with: merged[index].lineNames) { merged[index].takeAnotherName() }
            taken.formUnion(merged[index].lineNames)
            var seen: Set<MetricLabels> = []
            merged[index].series.removeAll { !seen.insert($0.labels).inserted }
            merged[index].series.sort { $0.labels < $1.labels }
        }
        return merged.filter { !$0.series.isEmpty }.sorted { $0.name < $1.name }
    }

    private mutating func takeAnotherName() {
        switch self.kind {
        case .counter: self.name = self.name.dropLast("_total".count) + "_counter_total"
        case .gauge, .histogram: self.name += "_\(self.kind)"
        }
    }
}
