public import Foundation

/// The file behind what a user wrote.
public struct ResolvedModel: Sendable, Hashable {
    /// The GGUF file.
    public let url: URL
    /// The model's name, when it came from the store; nil for a path.
    public let name: ModelName?
}
