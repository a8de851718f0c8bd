/// Why a model could not be found, read, stored or removed.
///
/// `code` is stable and meant for programs, `message` for people: one line that says what happened, with numbers, and what to do next.
public struct ModelStoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error. New kinds may be added: compare with the static members instead of switching exhaustively.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as it is printed, for example `modelNotFound`.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// No file at that path, or no model of that name in the store.
        public static let modelNotFound = Self("modelNotFound")
        /// The text cannot be a model's name.
        public static let invalidName = Self("invalidName")
        /// The file is not a GGUF file, or its header contradicts itself.
        public static let invalidModelFile = Self("invalidModelFile")
        /// The file ends before the place that its header speaks of.
        public static let truncatedModelFile = Self("truncatedModelFile")
        /// The file is sound, but of a kind that cannot be used here.
        public static let unsupportedModel = Self("unsupportedModel")
        /// A manifest of the store cannot be read, or its content is gone or of the wrong size.
        public static let storeDamaged = Self("storeDamaged")
        /// A manifest was written by a newer version of this program.
        public static let storeTooNew = Self("storeTooNew")
        /// The name is taken by other content.
        public static let alreadyExists = Self("alreadyExists")
        /// The caller asked to stop.
        public static let cancelled = Self("cancelled")
        /// The operating system refused; see ``ModelStoreError/underlying``.
        public static let ioFailed = Self("ioFailed")
    }

    /// The kind of the error.
    public let code: Code
    /// One line for people.
    public let message: String
    /// The operating system's `errno`, where it was the cause.
    public let underlying: Int32?

    /// Makes an error.
    /// - Parameters:
    ///   - code: The kind of the error.
    ///   - message: One line that says what happened and what to do next.
    ///   - underlying: The operating system's `errno`, where it was the cause.
    public init(_ code: Code, _ message: String, underlying: Int32? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}
