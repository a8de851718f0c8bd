/// Why memory was not promised, or not given: the figures, in bytes.
enum MemoryShortage: Error, Sendable, Hashable {
    /// The contexts do not fit into the model's own limit, not even one by one.
    case limit(needed: Int, limit: Int)
    /// - Parameter promised: The part of what is available that others were promised and do not use yet.
    case memory(needed: Int, available: Int, promised: Int)
}

extension MemoryShortage {
    /// What is said about the figures, after what needs the memory.
    var reason: String {
        switch self {
        case .limit(let needed, let limit):
            return "take \(ByteCount(needed)) of KV cache and the model's cacheMemory is \(ByteCount(limit))"
        case .memory(let needed, let available, let promised):
            let claims = promised > 0 ? ", of which \(ByteCount(promised)) are promised to pools of other models" : ""
            return "take \(ByteCount(needed)) and \(ByteCount(available)) of memory are available\(claims)"
        }
    }
}
