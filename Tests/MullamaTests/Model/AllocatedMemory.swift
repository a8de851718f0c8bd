import CLlama
import Foundation
import InferenceCore
import Logging
import Synchronization

@testable import Mullama

/// What llama.cpp says that it allocates, in bytes: the sums of the buffers that its log names.
struct AllocatedMemory {
    var weights = 0.0
    var cache = 0.0
    var compute = 0.0

    /// Loads a model into memory and makes a cache as the engine does.
    ///
    /// - Throws: An error of the load, or a fault of the cache.
    static func measure(
        _ url: URL,
        _ shapes: [(parallel: Int, contextSize: Int)],
        settings: EngineSettings
    ) throws -> [AllocatedMemory] {
        let log = BufferLog()
        LlamaLibrary.setLogger(Logger(label: "buffers") { _ in log })
        defer { LlamaLibrary.setLogger(nil) }
        // Read, not mapped: a map covers what lies between two tensors too.
        let params = ModelParams(useMemoryMap: false)
        let model = try LlamaModel(path: url.path, params, isCancelled: { false }, onProgress: { _ in })
        let weights = ModelWeights(model)
        let loaded = log.take()
        return try shapes.map { shape in
            _ = try LlamaContext(
                weights,
                geometry: CacheGeometry(slots: shape.parallel, cellsPerSlot: shape.contextSize),
                settings: settings,
                rows: max(settings.microBatch, shape.parallel),
                abort: AbortSignal()
            )
            var memory = log.take()
            memory.weights = loaded.weights
            return memory
        }
    }

    fileprivate mutating func add(_ line: String) {
        guard let start = line.range(of: " buffer size ="), let mebibytes = Double(line[start.upperBound...].split(separator: " ")[0])
        else {
            return
        }
        let bytes = mebibytes * 1_048_576
        let words = line[..<start.lowerBound].split(separator: " ")
        switch words.last {
        case "model": self.weights += bytes
        case "KV": self.cache += bytes
        case "compute", "output": self.compute += bytes
        default: break
        }
    }
}

private final class BufferLog: LogHandler, Sendable {
    private let sum = Mutex(AllocatedMemory())

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        self.sum.withLock { $0.add("\(event.message)") }
    }

    func take() -> AllocatedMemory {
        self.sum.withLock { sum in
            defer { sum = AllocatedMemory() }
            return sum
        }
    }
}
