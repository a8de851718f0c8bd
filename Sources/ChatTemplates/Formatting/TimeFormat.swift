/// `strftime` in the C locale, as glibc does it.
enum TimeFormat {
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    private struct Flags {
        /// `-` for none, `_` for spaces, `0`.
        var padding: Unicode.Scalar?
        var isUpper = false
        var swapsCase = false
        var width: Int?
    }

    static func format(_ date: TemplateDate, as format: Text, _ evaluator: Evaluator) throws(TemplateError) -> Text {
        var bytes: [UInt8] = []
        var scalars = format.scalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                bytes.append(scalar)
                continue
            }
            var flags = Flags()
            var written: [Unicode.Scalar] = ["%"]
            var directive: Unicode.Scalar?
            while let next = scalars.next() {
                written.append(next)
                switch next {
                case "-", "_": flags.padding = next
                case "0" where flags.width == nil: flags.padding = next
                case "^": flags.isUpper = true
                case "#": flags.swapsCase = true
                case "0"..."9": flags.width = min((flags.width ?? 0) * 10 + Int(next.value - 0x30), 1_000)
                case "E", "O": break
                default: directive = next
                }
                if directive != nil { break }
            }
            if let directive, let text = Self.field(directive, of: date, flags) {
                bytes.append(Self.padded(text, flags))
            } else {
                for scalar in written { bytes.append(scalar) }
            }
            try evaluator.checkSize(bytes.count)
        }
        return Text(bytes)
    }

    private static func padded(_ text: String, _ flags: Flags) -> String {
        guard let width = flags.width, text.utf8.count < width else { return text }
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let fill = flags.padding == "0" || (isNumber && flags.padding != "_") ? "0" : " "
        return String(repeating: fill, count: width - text.utf8.count) + text
    }

    private static func number(_ value: Int, _ width: Int, _ flags: Flags, fill: String = "0") -> String {
        let digits = String(value)
        switch flags.padding {
        case "-": return digits
        case "_": return String(repeating: " ", count: max(0, width - digits.utf8.count)) + digits
        case "0": return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        default: return String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits
        }
    }

    private static func word(_ word: String, _ flags: Flags, swappedIsLower: Bool = false) -> String {
        flags.isUpper ? word.uppercased() : flags.swapsCase ? (swappedIsLower ? word.lowercased() : word.uppercased()) : word
    }

    private static func field(_ directive: Unicode.Scalar, of date: TemplateDate, _ flags: Flags) -> String? {
        let plain = Flags()
        func joined(_ directives: String) -> String {
            Self.word(directives.unicodeScalars.map { Self.field($0, of: date, plain) ?? String($0) }.joined(), flags)
        }
        let hour12 = date.hour % 12 == 0 ? 12 : date.hour % 12
        switch directive {
        case "a": return Self.word(String(Self.weekdays[date.weekday].prefix(3)), flags)
        case "A": return Self.word(Self.weekdays[date.weekday], flags)
        case "b", "h": return Self.word(String(Self.months[date.month - 1].prefix(3)), flags)
        case "B": return Self.word(Self.months[date.month - 1], flags)
        case "c": return joined("a b e T Y")
        case "C": return Self.number(date.year / 100, 2, flags)
        case "d": return Self.number(date.day, 2, flags)
        case "D", "x": return joined("m/d/y")
        case "e": return Self.number(date.day, 2, flags, fill: " ")
        case "f": return "000000"
        case "F": return joined("Y-m-d")
        case "g": return Self.number(date.isoWeek.year % 100, 2, flags)
        case "G": return Self.number(date.isoWeek.year, 4, flags)
        case "H": return Self.number(date.hour, 2, flags)
        case "I": return Self.number(hour12, 2, flags)
        case "j": return Self.number(date.dayOfYear, 3, flags)
        case "k": return Self.number(date.hour, 2, flags, fill: " ")
        case "l": return Self.number(hour12, 2, flags, fill: " ")
        case "m": return Self.number(date.month, 2, flags)
        case "M": return Self.number(date.minute, 2, flags)
        case "n": return "\n"
        case "p": return Self.word(date.hour < 12 ? "AM" : "PM", flags, swappedIsLower: true)
        case "P": return date.hour < 12 ? "am" : "pm"
        case "r": return joined("I:M:S p")
        case "R": return joined("H:M")
        case "s": return String(date.dayNumber * 86_400 + date.hour * 3_600 + date.minute * 60 + date.second)
        case "S": return Self.number(date.second, 2, flags)
        case "t": return "\t"
        case "T", "X": return joined("H:M:S")
        case "u": return Self.number(date.weekday == 0 ? 7 : date.weekday, 1, flags)
        case "U": return Self.number((date.dayOfYear + 6 - date.weekday) / 7, 2, flags)
        case "V": return Self.number(date.isoWeek.week, 2, flags)
        case "w": return Self.number(date.weekday, 1, flags)
        case "W": return Self.number((date.dayOfYear + 6 - (date.weekday + 6) % 7) / 7, 2, flags)
        case "y": return Self.number(date.year % 100, 2, flags)
        // As Python's strftime on Linux: the year is not padded.
        case "Y": return Self.number(date.year, 1, flags)
        case "z", "Z": return ""
        case "%": return "%"
        default: return nil
        }
    }
}
