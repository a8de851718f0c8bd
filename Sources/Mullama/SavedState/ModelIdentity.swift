import Foundation
import ModelStore

/// What a saved context must have in common with the model that it is restored into.
package struct ModelIdentity: Sendable {
    var architecture: String
    var cacheType: String
    var llamaVersion: String
    private let readFingerprint: @Sendable () throws(MullamaError) -> String

    package init(
        architecture: String,
        cacheType: String,
        llamaVersion: String,
        fingerprint: @escaping @Sendable () throws(MullamaError) -> String
    ) {
        self.architecture = architecture
        self.cacheType = cacheType
        self.llamaVersion = llamaVersion
        self.readFingerprint = fingerprint
    }

    /// Names the model's file by its contents. Reads some of it: not for the cooperative pool.
    func fingerprint() throws(MullamaError) -> String { try self.readFingerprint() }
}

extension ModelIdentity {
    /// Parts of the weights that the fingerprint looks at: a whole file of gigabytes would take longer to read than to save its contexts.
    private static let samples = 256
    private static let sampleSize = 4096

    init(_ url: URL, _ header: GGUFHeader, _ params: ModelParams, _ settings: EngineSettings) {
        let key = WeightsKey(url, params)
        self.init(
            architecture: header.architecture ?? "unknown",
            // With flash attention the values lie in another order.
            cacheType: "\(settings.cacheType)"
                + (settings.flashAttention && !settings.cacheType.isQuantized ? " with flash attention" : ""),
            llamaVersion: LlamaLibrary.version
        ) { () throws(MullamaError) in
            guard WeightsKey(url, params) == key else {
                throw MullamaError(
                    .stateMismatch,
                    "\(url.path) has changed since it was loaded: load the model again to save or restore contexts"
                )
            }
            do {
                return try Self.fingerprint(of: url)
            } catch {
                throw MullamaError(.ioFailed, "could not read \(url.path) for its fingerprint: \(error.localizedDescription)")
            }
        }
    }

    /// Of the file's size, its first megabytes, which hold the header, and samples of the rest.
    static func fingerprint(of url: URL) throws -> String {
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        let size = try file.seekToEnd()
        var checksum = Checksum()
        withUnsafeBytes(of: size.littleEndian) { checksum.add($0) }
        try file.seek(toOffset: 0)
        checksum.add(try file.read(upToCount: 4 << 20) ?? Data())
        for sample in 1...Self.samples {
            try file.seek(toOffset: size / UInt64(Self.samples + 1) * UInt64(sample))
            checksum.add(try file.read(upToCount: Self.sampleSize) ?? Data())
        }
        return String(checksum.value, radix: 16)
    }
}
