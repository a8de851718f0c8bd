public import Foundation

/// The header of a GGUF file: its metadata and the list of its tensors, without their weights.
///
/// Reading takes milliseconds even for a vocabulary of 250,000 tokens, since long arrays are passed over. Files of the format's versions
/// 2 and 3 are read. No file, however damaged, leads to more than an error.
public struct GGUFHeader: Sendable {
    /// The file that was read.
    public let url: URL
    /// The file's size in bytes.
    public let fileSize: Int
    /// The version of the format: 2 or 3.
    public let version: Int
    /// What the places of tensors are multiples of, in bytes.
    public let alignment: Int
    /// The metadata's keys in the order of the file.
    public let keys: [String]
    /// The metadata by key.
    public let metadata: [String: GGUFValue]
    /// The tensors in the order of the file.
    public let tensors: [GGUFTensorInfo]
    /// Where the weights start, in bytes from the start of the file.
    public let dataOffset: Int
    /// The sum of all tensors' elements.
    public let parameterCount: Int
    /// The sum of all tensors' bytes, without padding.
    public let weightsSize: Int

    /// Reads a header. The call blocks while it reads.
    /// - Parameter url: A file URL.
    /// - Throws: ``ModelStoreError`` with the code `modelNotFound`, `invalidModelFile` (not a GGUF file, or damaged; with the byte
    ///   offset), `truncatedModelFile` (with the bytes that are there and those that are needed), `unsupportedModel` (version 1, big-endian,
    ///   unknown tensor types) or `ioFailed`.
    public init(contentsOf url: URL) throws(ModelStoreError) {
        var parser = GGUFParser(try GGUFReader(url))
        try parser.parse()
        var parameters = 0
        var bytes = 0
        for tensor in parser.tensors {
            let (sum, overflow) = parameters.addingReportingOverflow(tensor.elementCount)
            // Each tensor is inside the file, but nothing keeps a hostile file from naming the same bytes often.
            let (size, sizeOverflow) = bytes.addingReportingOverflow(tensor.byteSize)
            guard !overflow, !sizeOverflow else {
                throw ModelStoreError(.invalidModelFile, "\(url.path) is damaged: its tensors have more elements than fit 63 bits")
            }
            parameters = sum
            bytes = size
        }
        self.url = url
        fileSize = parser.fileSize
        version = Int(parser.version)
        alignment = parser.alignment
        keys = parser.keys
        metadata = parser.metadata
        tensors = parser.tensors
        dataOffset = parser.dataOffset
        parameterCount = parameters
        weightsSize = bytes
    }

    /// The integer under a key; nil when there is none.
    public func int(_ key: String) -> Int? { metadata[key]?.int }

    /// The number under a key; nil when there is none.
    public func double(_ key: String) -> Double? { metadata[key]?.double }

    /// The truth value under a key; nil when there is none.
    public func bool(_ key: String) -> Bool? { metadata[key]?.bool }

    /// The text under a key; nil when there is none.
    public func string(_ key: String) -> String? { metadata[key]?.string }

    /// The integers of the small array under a key; nil when there is none, or it is too large to be kept (see ``GGUFArray``).
    public func ints(_ key: String) -> [Int]? { metadata[key]?.array?.ints }

    /// The array under a key with its elements, read from the file again if it was too large to be kept.
    /// - Returns: nil when there is no array under that key.
    /// - Throws: ``ModelStoreError`` with the code `invalidModelFile` when the file has changed since the header was read, or when the array
    ///   takes more than 256 MiB; `modelNotFound` or `ioFailed` when the file cannot be read any more.
    public func loadArray(_ key: String) throws(ModelStoreError) -> GGUFArray? {
        guard let array = metadata[key]?.array else { return nil }
        guard !array.isLoaded else { return array }
        guard array.byteRange.count <= GGUFReader.maximumKeptBytes else {
            throw ModelStoreError(
                .invalidModelFile,
                "\(Quoted.text(key)) of \(url.path) has \(array.byteRange.count) bytes, and \(GGUFReader.maximumKeptBytes) are the most"
            )
        }
        let file = try ReadableFile(url)
        guard file.size == fileSize else {
            throw ModelStoreError(
                .invalidModelFile,
                "\(url.path) has \(file.size) bytes and had \(fileSize) when its header was read: read the header again"
            )
        }
        return GGUFArray(
            elementType: array.elementType,
            count: array.count,
            byteRange: array.byteRange,
            bytes: try file.bytes(in: array.byteRange)
        )
    }
}
