import ChatTemplates
import Foundation
package import Logging

/// A log of one line for each event.
package struct LineLogHandler: LogHandler {
    /// Names in JSON that no metadata takes.
    private static let reserved: Set<String> = ["time", "level", "message", "error"]

    package var logLevel = Logger.Level.info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// Writes to standard error, on a thread of its own. Lines of several threads do not mix. If nobody reads them, lines are lost, and that is told.
    package init(_ format: LogFormat, level: Logger.Level = .info) {
        self.init(format, level: level, now: { .now }, write: { LineOutput.standardError.write($0, format) })
    }

    /// Waits until all lines are written, but not for ever: what is logged by a process that ends would be lost else. Blocks its thread.
    package static func flush(within limit: Duration = .seconds(2)) {
        LineOutput.standardError.flush(within: limit)
    }

    /// Puts the file at the path aside, as `PATH.1`, whenever it has grown beyond so many bytes, if that is where standard error goes.
    package static func rotate(_ path: String, beyond size: Int) {
        LineOutput.standardError.rotate(path, beyond: size)
    }

    /// A line in place of lines that there was no room for.
    static func lostLine(_ count: Int, _ format: LogFormat, now: Date = .now) -> String {
        let event = LogEvent(
            level: .warning,
            message: "lines of the log were lost, for nobody has read it",
            metadata: ["lost": .stringConvertible(count)],
            source: "mullama",
            file: #fileID,
            function: #function,
            line: #line
        )
        let time = Self.time(now)
        switch format {
        case .text: return Self.text(time, event, event.metadata ?? [:], nil)
        case .json: return Self.json(time, event, event.metadata ?? [:], nil)
        }
    }

    private static func time(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// - Parameter write: Takes a line with its end.
    init(_ format: LogFormat, level: Logger.Level, now: @escaping @Sendable () -> Date, write: @escaping @Sendable (String) -> Void) {
        self.format = format
        self.logLevel = level
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var metadata = self.metadata
        if let provided = self.metadataProvider?.get() { metadata.merge(provided) { $1 } }
        if let own = event.metadata { metadata.merge(own) { $1 } }
        // Hummingbird's own number, beside the request's name.
        metadata["hb.request.id"] = nil
        let time = Self.time(self.now())
        let error = event.error.map { "\($0)" }
        switch self.format {
        case .text: self.write(Self.text(time, event, metadata, error))
        case .json: self.write(Self.json(time, event, metadata, error))
        }
    }

    // MARK: Formats

    private static func text(_ time: String, _ event: LogEvent, _ metadata: Logger.Metadata, _ error: String?) -> String {
        var line = "\(time) \(event.level.rawValue) \(Self.oneLine("\(event.message)"))"
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(Self.word("\(value)"))" }
        if let error { line += " error=\(Self.word(error))" }
        return line + "\n"
    }

    private static func json(_ time: String, _ event: LogEvent, _ metadata: Logger.Metadata, _ error: String?) -> String {
        var object: TemplateDictionary = [
            "time": .string(time), "level": .string(event.level.rawValue), "message": .string("\(event.message)"),
        ]
        if let error { object["error"] = .string(error) }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            object[Self.reserved.contains(name) ? "\(name)_" : name] = Self.value(value)
        }
        return TemplateValue.dictionary(object).json + "\n"
    }

    private static func value(_ value: Logger.Metadata.Value) -> TemplateValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as Int): .integer(number)
        case .stringConvertible(let flag as Bool): .boolean(flag)
        case .stringConvertible(let other): .string(other.description)
        case .array(let items): .list(items.map(Self.value))
        case .dictionary(let fields):
            .dictionary(.init(fields.sorted { $0.key < $1.key }.map { (key: $0.key, value: Self.value($0.value)) }))
        }
    }

    /// A value as one word, in quotes where it would not be one. Nobody can write lines of their own into the log.
    private static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F && $0 != "\"" && $0 != "=" }
        return isPlain ? text : TemplateValue.string(text).json
    }

    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}
