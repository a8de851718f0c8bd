import Foundation
import InferenceCore

/// What a context has computed, as it is kept in a file.
///
/// Layout, numbers little-endian: `MULLAMA` and a zero byte, the length of the header in 4 bytes, the header as JSON, the tokens with 4 bytes each,
/// the state of the KV cache as llama.cpp writes it for a cache of one sequence, and the ``Checksum`` of all before in 8 bytes.
struct SavedState: Sendable {
    struct Header: Codable, Hashable, Sendable {
        static let currentVersion = 1

        var version = Self.currentVersion
        /// Of the model's file.
        var model: String
        var architecture: String
        var cacheType: String
        /// The layout of the state is llama.cpp's own and changes with it.
        var llama: String
        var tokenCount: Int
        var stateSize: Int
        /// How much of it is the part of the model's second cache, if it has one.
        var secondPart: Int
        /// Whether it was computed where results may depend on load; left out if not.
        var isRelaxed: Bool?
    }

    private static let magic = Array("MULLAMA\0".utf8)
    private static let longestHeader = 1 << 16

    var header: Header
    var tokens: [Token]
    var snapshot: SequenceSnapshot

    init(_ identity: ModelIdentity, tokens: [Token], snapshot: SequenceSnapshot) throws(MullamaError) {
        self.header = Header(
            model: try identity.fingerprint(),
            architecture: identity.architecture,
            cacheType: identity.cacheType,
            llama: identity.llamaVersion,
            tokenCount: tokens.count,
            stateSize: snapshot.bytes.count,
            secondPart: snapshot.secondPart,
            isRelaxed: snapshot.isRelaxed ? true : nil
        )
        self.tokens = tokens
        self.snapshot = snapshot
    }

    // MARK: Writing

    /// Replaces the file at once, when all of the new one is there.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed``; a file that was there is as before.
    func write(to url: URL) throws(MullamaError) {
        do {
            try self.encoded().write(to: url, options: .atomic)
        } catch {
            throw MullamaError(ioFailed: "could not write the state to \(url.path)", error)
        }
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let header = try encoder.encode(self.header)
        var data = Data(capacity: header.count + 4 * self.tokens.count + self.snapshot.bytes.count + 64)
        data.append(contentsOf: Self.magic)
        data.append(littleEndian: UInt32(header.count))
        data.append(header)
        for token in self.tokens { data.append(littleEndian: UInt32(bitPattern: token.rawValue)) }
        data.append(contentsOf: self.snapshot.bytes)
        var checksum = Checksum()
        data.withUnsafeBytes { checksum.add($0) }
        data.append(littleEndian: checksum.value)
        return data
    }

    // MARK: Reading

    /// - Throws: ``MullamaError/Code/ioFailed``, ``MullamaError/Code/stateMismatch`` with the reason.
    init(contentsOf url: URL) throws(MullamaError) {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw MullamaError(ioFailed: "could not read the state at \(url.path)", error)
        }
        try self.init(data, name: url.path)
    }

    init(_ data: Data, name: String) throws(MullamaError) {
        let bytes = [UInt8](data)
        let start = Self.magic.count + 4
        guard bytes.count >= start, bytes.starts(with: Self.magic) else {
            throw MullamaError(.stateMismatch, "\(name) is not a saved context: name a file that save(to:) has written")
        }
        let headerSize = Int(UInt32(littleEndian: bytes[Self.magic.count..<start]))
        guard headerSize <= Self.longestHeader, bytes.count >= start + headerSize,
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[start..<(start + headerSize)]))
        else { throw Self.damaged(name, "its header cannot be read") }
        guard header.version == Header.currentVersion else {
            throw MullamaError(
                .stateMismatch,
                "\(name) has version \(header.version) of the format and this is a reader of \(Header.currentVersion): save the context anew"
            )
        }
        let body = start + headerSize
        let tokenBytes = header.tokenCount.multipliedReportingOverflow(by: 4)
        let size = body.saturatingPlus(tokenBytes.overflow ? .max : tokenBytes.partialValue).saturatingPlus(header.stateSize)
            .saturatingPlus(8)
        guard header.tokenCount >= 0, header.stateSize >= 0, bytes.count == size else {
            throw Self.damaged(name, "it has \(bytes.count) bytes and should have \(size)")
        }
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<(size - 8)])) }
        guard checksum.value == UInt64(littleEndian: bytes[(size - 8)...]) else { throw Self.damaged(name, "its checksum is wrong") }

        let stateStart = body + 4 * header.tokenCount
        self.header = header
        self.tokens = stride(from: body, to: stateStart, by: 4).map {
            Token(rawValue: Int32(bitPattern: UInt32(littleEndian: bytes[$0..<($0 + 4)])))
        }
        self.snapshot = SequenceSnapshot(
            bytes: Array(bytes[stateStart..<(size - 8)]),
            secondPart: header.secondPart,
            isRelaxed: header.isRelaxed ?? false
        )
    }

    /// - Throws: ``MullamaError/Code/stateMismatch`` with what differs.
    func check(against identity: ModelIdentity, contextSize: Int, name: String) throws(MullamaError) {
        func require(_ what: String, _ saved: String, _ own: String) throws(MullamaError) {
            guard saved != own else { return }
            throw MullamaError(
                .stateMismatch,
                "\(name) was saved with \(what) \(saved) and this is \(own): restore it with the same model and parameters, or save anew"
            )
        }
        try require("a model of the architecture", self.header.architecture, identity.architecture)
        try require("a model file of the fingerprint", self.header.model, identity.fingerprint())
        try require("a KV cache of type", self.header.cacheType, identity.cacheType)
        try require("llama.cpp", self.header.llama, identity.llamaVersion)
        guard self.tokens.count <= contextSize else {
            throw MullamaError(
                .stateMismatch,
                "\(name) holds \(self.tokens.count) tokens and the context \(contextSize): restore it in a larger context"
            )
        }
    }

    private static func damaged(_ name: String, _ how: String) -> MullamaError {
        MullamaError(.stateMismatch, "\(name) is damaged: \(how); save the context anew")
    }
}

extension Data {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self.append(contentsOf: $0) }
    }
}

extension FixedWidthInteger {
    /// - Parameter bytes: As many as the type has.
    fileprivate init(littleEndian bytes: ArraySlice<UInt8>) {
        self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
