import Foundation

/// What the system says of the process, where it says it in Linux's way; elsewhere the metrics are left out.
struct ProcessCollector {
    /// When the process began.
    let start: Date

    var families: [MetricFamily] {
        var families = [ServerMetrics.startTime.family([([], (self.start.timeIntervalSince1970 * 1000).rounded() / 1000)])]
        #if os(Linux)
        if let pages = Self.residentPages { families.append(ServerMetrics.residentBytes.family([([], Double(pages * Self.pageSize))])) }
        if let count = Self.openFiles { families.append(ServerMetrics.openFiles.family([([], Double(count))])) }
        #endif
        if let time = Self.cpuTime { families.append(ServerMetrics.cpuTime.family([([], time)])) }
        return families
    }

    private static var cpuTime: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    #if os(Linux)
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// The second field of `statm`.
    private static var residentPages: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    /// Without the one that reads the folder.
    private static var openFiles: Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { max(0, $0.count - 1) }
    }
    #endif
}
