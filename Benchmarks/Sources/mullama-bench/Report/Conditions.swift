import CBenchLlama
import Foundation

/// What a measurement holds for.
struct Conditions: Codable, Sendable, Hashable, CustomStringConvertible {
    var machine: String
    var cores: Int
    var threads: Int
    var model: String
    var llama: String
    var serverFlags: String
    var tunedFlags: String

    init(_ setup: BenchSetup) {
        self.machine = Machine.name
        self.cores = ProcessInfo.processInfo.activeProcessorCount
        self.threads = setup.threads
        self.model = setup.model
        self.llama = String(cString: llama_version())
        self.serverFlags =
            "--parallel \(BenchSetup.slots) --ctx-size \(BenchSetup.slots * BenchSetup.contextSize) --threads \(setup.threads)"
        self.tunedFlags = setup.tunedFlags.joined(separator: " ")
    }

    var description: String {
        """
        \(self.machine), \(self.cores) cores; \(self.model), \(self.threads) threads; llama.cpp \(self.llama)
        llama-server \(self.serverFlags); its best flags: \(self.tunedFlags)
        """
    }
}
