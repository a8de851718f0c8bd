package import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// An open regular file, closed when the value goes away.
package struct ReadableFile: ~Copyable {
    private let descriptor: Int32
    /// The path, as messages name it.
    package let path: String
    /// The size in bytes when the file was opened.
    package let size: Int

    /// Opens a regular file; throws for a missing path, a folder, a device or a refusal of the operating system.
    package init(_ url: URL) throws(ModelStoreError) {
        let path = url.path
        guard !path.utf8.contains(0) else {
            throw ModelStoreError(.modelNotFound, "a path cannot hold a zero byte: check how it was put together")
        }
        // Without O_NONBLOCK, opening a named pipe would wait for a writer that may never come.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch SystemError.last {
            case ENOENT, ENOTDIR:
                throw ModelStoreError(.modelNotFound, "there is no file at \(path): check the path", underlying: SystemError.last)
            default:
                throw SystemError.failure("open", path)
            }
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = SystemError.failure("examine", path)
            close(descriptor)
            throw error
        }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else {
            close(descriptor)
            throw ModelStoreError(
                .invalidModelFile,
                kind == S_IFDIR
                    ? "\(path) is a folder: give the path of the .gguf file inside it"
                    : "\(path) is not a regular file: give the path of a .gguf file"
            )
        }
        self.descriptor = descriptor
        self.path = path
        self.size = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Reads into `buffer` from the byte at `offset` on until it is full or the file ends; returns the number of bytes read.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ModelStoreError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if SystemError.last == EINTR { continue }
                throw SystemError.failure("read", path)
            }
            done += count
        }
        return done
    }

    /// The bytes of a range of the file, fewer if it has become shorter.
    package func bytes(in range: Range<Int>) throws(ModelStoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let count = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(ModelStoreError) in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
        }
        bytes.removeSubrange(count...)
        return bytes
    }
}
