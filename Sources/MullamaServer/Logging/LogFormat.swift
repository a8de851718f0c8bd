/// How lines of the log look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: the time, the level, the message, and what belongs to it as `name=value`.
    case text
    /// For programs: one JSON object a line.
    case json
}
