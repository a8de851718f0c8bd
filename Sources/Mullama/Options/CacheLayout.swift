/// How the sequences that are computed together share the cells of the KV cache.
public enum CacheLayout: String, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
    /// Each sequence has cells of its own, and a step reads only those of the sequences in it. The default.
    case perSequence
    /// All sequences lie in one row of cells, all of which each sequence's attention passes over. On a CPU it costs up to two thirds of the
    /// speed, and answers depend on what else is in the cache.
    case unified

    public var description: String {
        switch self {
        case .perSequence: "cells per sequence"
        case .unified: "unified cells"
        }
    }
}
