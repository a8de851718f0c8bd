package import Mullama

/// How long a model stays in memory after its last request, in Ollama's terms.
package enum KeepAlive: Sendable, Hashable {
    case forever
    /// Zero unloads the model as soon as nobody uses it.
    case duration(Duration)

    /// What a server keeps models for unless it is told otherwise.
    package static let standard = KeepAlive.duration(.seconds(300))

    /// Longer than any process runs; clocks and calendars cannot count much further.
    private static let longest = 100.0 * 365 * 86_400

    /// - Parameter seconds: Negative for ever, and so is what is longer than a century.
    package init(seconds: Double) {
        self = seconds >= 0 && seconds < Self.longest ? .duration(.seconds(seconds)) : .forever
    }

    /// Reads a number of seconds, or numbers with units one after the other: `5m`, `1h30m`, `300ms`, `1.5h`, `-1`.
    ///
    /// - Throws: ``MullamaError/Code/invalidRequest``.
    package init(parsing text: String) throws(MullamaError) {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if let seconds = Self.number(rest) {
            self.init(seconds: isNegative && seconds > 0 ? -1 : seconds)
            return
        }
        var seconds = 0.0
        repeat {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { !$0.isASCII || $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let number = Self.number(digits), let size = Self.units[String(unit)] else {
                throw MullamaError(
                    .invalidRequest,
                    "keep_alive is '\(text.prefix(40))': it must be a number of seconds or a duration such as 5m, 1h30m or 300ms; -1 keeps the model"
                        + " for ever and 0 unloads it at once"
                )
            }
            seconds += number * size
        } while !rest.isEmpty
        self.init(seconds: isNegative && seconds > 0 ? -1 : seconds)
    }

    /// Digits with at most one point. `Double` alone would take "nan", "inf" and "0x1p3" too.
    private static func number(_ digits: Substring) -> Double? {
        guard digits.contains(where: \.isNumber), digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return Double("0" + digits + (digits.hasSuffix(".") ? "0" : ""))
    }

    private static let units: [String: Double] = [
        "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600,
    ]
}

extension KeepAlive: CustomStringConvertible {
    /// What ``init(parsing:)`` reads: "300s", "-1".
    package var description: String {
        switch self {
        case .forever:
            return "-1"
        case .duration(let duration):
            let seconds = duration / .seconds(1)
            return seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
        }
    }
}
