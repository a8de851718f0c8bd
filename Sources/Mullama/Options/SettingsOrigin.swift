/// Where the settings come from that a model runs with.
public struct SettingsOrigin: Sendable, Hashable, CustomStringConvertible {
    /// When they were measured; nil for the defaults.
    public var measured: String?
    /// Those that the caller has set, by their names in ``ModelParams``.
    public var given: [String]

    package init(measured: String? = nil, given: [String] = []) {
        self.measured = measured
        self.given = given
    }

    /// "defaults", "measured on 2026-11-27", either with "; threads given".
    public var description: String {
        let base = self.measured.map { "measured on \($0.prefix(10))" } ?? "defaults"
        return self.given.isEmpty ? base : "\(base); \(self.given.joined(separator: ", ")) given"
    }
}
