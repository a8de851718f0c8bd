import Foundation

/// What memory this machine, or the container around us, has to give.
public enum SystemMemory {
    /// Bytes that can be allocated without driving others out; nil where the system does not tell.
    public static var available: Int? {
        #if os(Linux)
        let machine = self.field("MemAvailable", inFile: "/proc/meminfo").map { $0 * 1024 }
        guard let container = self.containerLeft else { return machine }
        return machine.map { min($0, container) } ?? container
        #else
        return self.freeOnDarwin
        #endif
    }

    /// Bytes of memory in all.
    public static var total: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }

    #if os(Linux)
    /// What a memory limit of control groups (version 2) leaves.
    private static var containerLeft: Int? {
        guard let limit = self.number(inFile: "/sys/fs/cgroup/memory.max"),
            let used = self.number(inFile: "/sys/fs/cgroup/memory.current")
        else { return nil }
        // File pages count as used and are given back under pressure.
        let files = self.field("inactive_file", inFile: "/sys/fs/cgroup/memory.stat") ?? 0
        return max(0, limit - used + files)
    }

    private static func number(inFile path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func field(_ name: String, inFile path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return line.split(whereSeparator: { $0 == " " || $0 == ":" }).dropFirst().first.flatMap { Int($0) }
        }
        return nil
    }
    #else
    private static var freeOnDarwin: Int? {
        var statistics = vm_statistics64()
        var count = mach_msg_type_number_t(MemoryLayout<vm_statistics64>.stride / MemoryLayout<integer_t>.stride)
        let result = withUnsafeMutablePointer(to: &statistics) { pointer in
            pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                host_statistics64(mach_host_self(), HOST_VM_INFO64, $0, &count)
            }
        }
        guard result == KERN_SUCCESS else { return nil }
        let pages = Int(statistics.free_count) + Int(statistics.inactive_count) + Int(statistics.purgeable_count)
        return pages * Int(getpagesize())
    }
    #endif
}
