/// The moment that `strftime_now` of a template tells. Templates have no clock: whoever renders says what time it is.
public struct TemplateDate: Sendable, Hashable {
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    /// 0 to 23.
    public var hour: Int
    /// 0 to 59.
    public var minute: Int
    /// 0 to 60.
    public var second: Int

    /// A date of the Gregorian calendar, in whatever time zone the reader of the prompt lives in. Fields that are out of their range are
    /// taken to the nearest end of it, so that every date can be printed.
    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = min(max(year, 1), 9999)
        self.month = min(max(month, 1), 12)
        self.day = min(max(day, 1), Self.days(inMonth: self.month, of: self.year))
        self.hour = min(max(hour, 0), 23)
        self.minute = min(max(minute, 0), 59)
        self.second = min(max(second, 0), 60)
    }

    /// Reads `2026-01-15` or `2026-01-15T12:00:00`; a fraction of a second and a `Z` or an offset at the end are read over.
    ///
    /// - Throws: ``TemplateError/Code/invalidInput`` if the text is of neither form or names a day that does not exist.
    public init(iso8601 text: String) throws(TemplateError) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var result = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                result = result * 10 + Int(byte - 0x30)
            }
            return result
        }
        func has(_ character: Character, at index: Int) -> Bool {
            index < bytes.count && bytes[index] == character.asciiValue
        }
        let wrong = TemplateError(.invalidInput, "'\(text)' is not a date; write it as 2026-01-15T12:00:00")
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), has("-", at: 4), has("-", at: 7) else {
            throw wrong
        }
        var time = (hour: 0, minute: 0, second: 0)
        if bytes.count > 10 {
            guard has("T", at: 10) || has(" ", at: 10), has(":", at: 13), has(":", at: 16) else { throw wrong }
            guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19) else { throw wrong }
            guard bytes[19...].allSatisfy({ (0x30...0x39).contains($0) || [0x2E, 0x5A, 0x2B, 0x2D, 0x3A].contains($0) }) else {
                throw wrong
            }
            time = (hour, minute, second)
        }
        self.init(year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
        guard self.year == year, self.month == month, self.day == day else { throw wrong }
        guard self.hour == time.hour, self.minute == time.minute, self.second == time.second else { throw wrong }
    }

    private static func isLeap(_ year: Int) -> Bool {
        (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        month == 2 ? (Self.isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// The day of the year, counted from 1.
    var dayOfYear: Int {
        (1..<self.month).reduce(self.day) { $0 + Self.days(inMonth: $1, of: self.year) }
    }

    /// Days since 1970-01-01.
    var dayNumber: Int {
        let past = self.year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 + self.dayOfYear - 719_163
    }

    /// The day of the week, 0 for Sunday.
    var weekday: Int {
        let day = (self.dayNumber + 4) % 7
        return day < 0 ? day + 7 : day
    }
}

extension TemplateDate {
    /// The week of ISO 8601 and the year that it belongs to: weeks begin on Monday, and the first holds the year's first Thursday.
    var isoWeek: (year: Int, week: Int) {
        let day = self.weekday == 0 ? 7 : self.weekday
        let week = (self.dayOfYear - day + 10) / 7
        if week < 1 {
            let last = TemplateDate(year: self.year - 1, month: 12, day: 31)
            return last.year == self.year ? (self.year, 1) : last.isoWeek
        }
        guard week == 53 else { return (self.year, week) }
        let first = TemplateDate(year: self.year + 1, month: 1, day: 1).weekday
        return (1...4).contains(first) ? (self.year + 1, 1) : (self.year, 53)
    }
}
