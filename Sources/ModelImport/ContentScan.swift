import Crypto
import ModelStore

/// Reads a whole file once and computes its SHA-256 on the way.
struct ContentScan {
    private static let pieceSize = 4 << 20

    let isCancelled: (() -> Bool)?

    /// Reads `file` from front to back.
    /// - Parameter visit: Called with each piece and the number of bytes read so far, the piece included.
    func digest(
        of file: borrowing ReadableFile,
        visit: (UnsafeRawBufferPointer, Int) throws(ModelStoreError) -> Void
    ) throws(ModelStoreError) -> ContentDigest {
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        var done = 0
        while done < file.size {
            if isCancelled?() == true {
                throw ModelStoreError(.cancelled, "stopped after \(done) of \(file.size) bytes of \(file.path); nothing was added")
            }
            let wanted = min(Self.pieceSize, file.size - done)
            let count = try piece.withUnsafeMutableBufferPointer { (buffer) throws(ModelStoreError) in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<wanted]), at: done)
            }
            guard count == wanted else { throw Self.changed(file.path) }
            done += count
            try piece.withUnsafeBufferPointer { (buffer) throws(ModelStoreError) in
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
                hash.update(bufferPointer: bytes)
                try visit(bytes, done)
            }
        }
        return ContentDigest(bytes: hash.finalize())
    }

    /// The error for a file that another program is writing to.
    static func changed(_ path: String) -> ModelStoreError {
        ModelStoreError(.ioFailed, "\(path) changed while it was read: wait until the program that writes it is done, and try again")
    }
}
