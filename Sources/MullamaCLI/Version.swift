import Mullama

/// The version of this program.
enum Version {
    static let current = ProgramVersion.current

    static func line(llama: String, features: [String]) -> String {
        let cpu = features.isEmpty ? "" : "; CPU: \(features.joined(separator: " "))"
        return "mullama \(self.current) (llama.cpp \(llama)\(cpu))"
    }
}
