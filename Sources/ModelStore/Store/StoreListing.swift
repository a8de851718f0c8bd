public import Foundation

/// All that is in a store.
public struct StoreListing: Sendable {
    /// A manifest that does not lead to a usable model.
    public struct Damaged: Sendable {
        /// The manifest's file.
        public let url: URL
        /// The name that the manifest's place stands for; nil when it stands for none.
        public let name: ModelName?
        /// What is wrong with it.
        public let error: ModelStoreError
    }

    /// The usable models, sorted by name.
    public var models: [StoredModel] = []
    /// The manifests that are not usable, sorted by path.
    public var damaged: [Damaged] = []
}
