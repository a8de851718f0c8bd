import Foundation

/// What took processor time from a measurement: other programs, and on a virtual machine its host.
struct Disturbance: Codable, Sendable {
    /// The part of the processors' time, 0 to 1, that programs other than this one and its servers used.
    var others: Double
    /// The part that the host gave to somebody else.
    var stolen: Double

    /// Whether figures may have suffered.
    var matters: Bool { self.others + self.stolen > 0.05 }
}

extension Disturbance: CustomStringConvertible {
    var description: String {
        func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }
        return "other programs used \(percent(self.others)) of the processors, the machine's host took \(percent(self.stolen))"
    }
}

/// Counts until it is asked. Nothing where the system does not tell.
struct DisturbanceWatch {
    private struct Counts {
        var total: Double
        var busy: Double
        var stolen: Double
        var own: Double
    }

    private let begin = Self.counts

    /// To be asked when the servers have ended: only then their time is known.
    var disturbance: Disturbance? {
        guard let begin = self.begin, let end = Self.counts, end.total > begin.total else { return nil }
        let total = end.total - begin.total
        let others = (end.busy - begin.busy) - (end.own - begin.own)
        return Disturbance(others: max(0, others) / total, stolen: (end.stolen - begin.stolen) / total)
    }

    private static var counts: Counts? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8), let line = text.split(separator: "\n").first else {
            return nil
        }
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are counted among the users.
        let fields = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard fields.count == 8 else { return nil }
        // Behind the program's name, which may hold anything: user and system time of this process and of its children that have ended.
        let ownText = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        let own = ownText[(ownText.lastIndex(of: ")") ?? ownText.startIndex)...].split(separator: " ").dropFirst(12).prefix(4).compactMap {
            Double($0)
        }
        return Counts(
            total: fields.reduce(0, +),
            busy: fields[0] + fields[1] + fields[2] + fields[5] + fields[6],
            stolen: fields[7],
            own: own.reduce(0, +)
        )
    }
}
