import Foundation

extension MullamaRuntime {
    /// What a runtime is made with. Each call gives a changed copy.
    public struct Builder: Sendable {
        /// As many as any machine has cores for; more are a mistake rather than a wish.
        private static let range = 1...512

        private var threads = min(max(1, ProcessInfo.processInfo.activeProcessorCount), Self.range.upperBound)
        private var name = "mullama"

        fileprivate init() {}

        /// How many threads run tasks, from 1 to 512. One for each core, unless it is said.
        ///
        /// They are beside the threads that compute: generating blocks none of them.
        public func workerThreads(_ count: Int) -> Builder {
            var builder = self
            builder.threads = count
            return builder
        }

        /// What the threads are called in debuggers and process lists, with a number after it: `mullama-0` unless it is said. Linux shows 15
        /// bytes, and the name is cut to that with the number.
        public func threadName(_ name: String) -> Builder {
            var builder = self
            builder.name = name
            return builder
        }

        /// Makes the runtime and starts its threads.
        ///
        /// - Throws: ``MullamaError/Code/invalidRequest`` for a number of threads that is out of its range, ``MullamaError/Code/outOfMemory``
        ///   if the system does not give as many.
        public func build() throws -> MullamaRuntime {
            guard Self.range.contains(self.threads) else {
                throw MullamaError(
                    .invalidRequest,
                    "workerThreads is \(self.threads): it must be from \(Self.range.lowerBound) to \(Self.range.upperBound)"
                )
            }
            return try MullamaRuntime(workerThreads: self.threads, threadName: self.name, clock: ContinuousClock())
        }
    }

    /// A runtime with other threads than one for each core: `try MullamaRuntime.builder().workerThreads(4).build()`.
    public static func builder() -> Builder { Builder() }
}
