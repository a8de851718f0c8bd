import Foundation
import Mullama

/// Writes a model's requests to a file, as they end.
struct TraceRecording {
    private let writer: Task<Void, any Error>

    /// - Throws: ``MullamaError/Code/ioFailed`` if there can be no such file.
    init(_ path: String, of model: AsyncModel) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw MullamaError(.ioFailed, "\(path) cannot be written to: \(String(cString: strerror(errno)))", underlying: Int(errno))
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let trace = model.trace()
        self.writer = Task {
            for await entry in trace {
                try file.write(contentsOf: Data(TraceFile.line(entry).utf8))
            }
            try file.close()
        }
    }

    /// Closes the model, and waits until all is written.
    func end(_ model: AsyncModel) async throws {
        await model.close()
        try await self.writer.value
    }
}
