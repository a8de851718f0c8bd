import ModelStore
import Mullama

/// A setting as it was written, and where.
package struct Setting: Sendable, Hashable {
    package let name: SettingName
    /// Empty for one that nobody has set; one, unless it is a list.
    package let values: [String]
    package let source: SettingSource

    /// In one line, for people.
    package var text: String {
        self.source == .standard ? self.name.standard : self.values.joined(separator: ", ")
    }

    /// - Parameter wanted: What it must be, as the end of "it must be".
    func refused(_ wanted: String, value: String? = nil) -> MullamaError {
        let place =
            switch self.source {
            case .flag(let flag): "by \(flag)"
            case .environment(let variable): "by the variable \(variable)"
            case .file(let path): "in \(path)"
            case .standard: "by default"
            }
        let value = value ?? self.values.joined(separator: ",")
        return MullamaError(.invalidRequest, "\(self.name.rawValue) is set to \(Quoted.text(value)) \(place): it must be \(wanted)")
    }

    // MARK: Values. Nil where nothing is set.

    func text(_ wanted: String, where isGood: (String) -> Bool = { !$0.isEmpty }) throws(MullamaError) -> String? {
        guard let value = self.values.last else { return nil }
        guard isGood(value) else { throw self.refused(wanted) }
        return value
    }

    func texts(_ wanted: String, where isGood: (String) -> Bool) throws(MullamaError) -> [String] {
        for value in self.values where !isGood(value) { throw self.refused(wanted, value: value) }
        return self.values
    }

    func integer(in range: ClosedRange<Int>) throws(MullamaError) -> Int? {
        guard let value = self.values.last else { return nil }
        guard let number = Int(value), range.contains(number) else { throw self.refused(Self.wanted(range)) }
        return number
    }

    func number(in range: ClosedRange<Double>) throws(MullamaError) -> Double? {
        guard let value = self.values.last else { return nil }
        guard let number = Double(value), range.contains(number) else {
            throw self.refused("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func wanted(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "a whole number from \(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) throws(MullamaError) -> Choice? {
        guard let value = self.values.last else { return nil }
        guard let choice = Choice(rawValue: value) else {
            throw self.refused("one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A number of seconds, or one with units.
    ///
    /// - Parameter allowsZero: Whether no time is a time.
    func duration(allowsZero: Bool) throws(MullamaError) -> Duration? {
        guard let value = self.values.last else { return nil }
        let wanted = "a time such as 30, 100ms, 2m or 1h30m, \(allowsZero ? "0 or more" : "above zero")"
        guard case .duration(let duration)? = try? KeepAlive(parsing: value), allowsZero || duration > .zero else {
            throw self.refused(wanted)
        }
        return duration
    }

    func bytes() throws(MullamaError) -> Int? {
        guard let value = self.values.last else { return nil }
        guard let bytes = ByteSize.parse(value), bytes > 0 else {
            throw self.refused("a number of bytes above zero, such as 8GB, 512MiB or 4000000000")
        }
        return bytes
    }
}
