/// What a GGUF file says about one of its tensors.
public struct GGUFTensorInfo: Sendable, Hashable {
    /// The tensor's name, for example `blk.0.attn_q.weight`.
    public let name: String
    /// The number of elements along each dimension, the one that lies together in memory first; none for a single number.
    public let dimensions: [Int]
    /// The type of its elements.
    public let type: GGMLType
    /// Where its bytes start, counted from the start of the file.
    public let offset: Int
    /// The number of its elements.
    public let elementCount: Int
    /// The bytes that it takes, without padding.
    public let byteSize: Int
}
