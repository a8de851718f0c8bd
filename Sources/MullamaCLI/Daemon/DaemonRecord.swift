import Foundation

/// The file beside a daemon's socket that tells who listens there.
///
/// Whether it still holds is not read in it: the daemon has the file locked as long as it lives, and the system tells by whom. So nothing that
/// a killed one leaves behind can be mistaken for another process.
struct DaemonRecord: Codable, Equatable {
    var pid: Int32
    var started: Date
    /// Where it listens, as it was printed.
    var addresses: [String]
    /// Seconds that answers may go on when it is asked to end.
    var grace: Double

    /// - Returns: Nil for a file that is missing or is not written yet.
    static func read(_ path: String) -> DaemonRecord? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return FileManager.default.contents(atPath: path).flatMap { try? decoder.decode(DaemonRecord.self, from: $0) }
    }

    var data: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            return try encoder.encode(self) + Data("\n".utf8)
        }
    }
}
