import Foundation

enum ProcessMemory {
    /// Resident bytes of this process; 0 where the system does not tell.
    static var resident: Int { self.resident(at: "/proc/self/statm") }

    static func resident(of process: Int32) -> Int { self.resident(at: "/proc/\(process)/statm") }

    private static func resident(at path: String) -> Int {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
