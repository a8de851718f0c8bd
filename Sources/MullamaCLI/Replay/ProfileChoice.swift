import ArgumentParser
import Foundation
import Mullama
import SchedulerSimulator

/// The machine that a trace is replayed on.
enum ProfileChoice: Equatable, ExpressibleByArgument {
    case cpu2
    case gpuLike
    case file(String)

    init?(argument: String) {
        switch argument {
        case "cpu2": self = .cpu2
        case "gpu-like": self = .gpuLike
        case "": return nil
        default: self = .file(argument)
        }
    }

    /// - Throws: ``MullamaError/Code/invalidRequest`` for a file that is none of a machine.
    func profile() throws -> MachineProfile {
        switch self {
        case .cpu2: return .cpu2
        case .gpuLike: return .gpuLike
        case .file(let path):
            let text = try StandardInput.text(ofFile: path)
            do {
                return try JSONDecoder().decode(MachineProfile.self, from: Data(text.utf8))
            } catch {
                throw MullamaError(
                    .invalidRequest,
                    "\(path) is no machine profile: \(JSONFault.words(error)); --profile takes cpu2, gpu-like or a file as in docs/traces.md"
                )
            }
        }
    }
}
