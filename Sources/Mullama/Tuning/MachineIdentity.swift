import Foundation

/// What must be the same for a measurement to hold: the processors, and how many cores this process may use.
struct MachineIdentity: Sendable, Hashable, Codable {
    /// What the hardware calls itself, all devices that llama.cpp computes on.
    var processor: String
    var cores: Int

    static var current: MachineIdentity {
        MachineIdentity(
            processor: LlamaLibrary.devices.map(\.description).joined(separator: " + "),
            cores: ProcessInfo.processInfo.activeProcessorCount
        )
    }
}
