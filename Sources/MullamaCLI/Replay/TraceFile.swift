import Foundation
import Mullama
import SchedulerSimulator

/// A trace as lines of JSON.
enum TraceFile {
    static let example = #"{"at": 0.5, "context": 1, "prompt": [[1, 500], [2, 40]], "answer": 100}"#

    /// - Parameter name: What the text is called in errors.
    /// - Throws: ``MullamaError/Code/invalidRequest`` with the number of the first line that is none of a trace.
    static func parse(_ text: String, called name: String) throws(MullamaError) -> Trace {
        let decoder = JSONDecoder()
        var entries: [TraceEntry] = []
        for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { !$0.properties.isWhitespace }) else { continue }
            do {
                entries.append(try decoder.decode(TraceEntry.self, from: Data(String(line).utf8)))
            } catch {
                throw MullamaError(
                    .invalidRequest,
                    "\(name), line \(index + 1): \(JSONFault.words(error)); a line looks like \(Self.example)"
                )
            }
        }
        guard !entries.isEmpty else {
            throw MullamaError(.invalidRequest, "\(name) has no requests: give one a line, such as \(Self.example)")
        }
        return Trace(entries)
    }

    static func line(_ entry: TraceEntry) throws -> String {
        try JSONText.line(entry)
    }
}
