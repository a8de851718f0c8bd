/// Times for people to read.
enum TimeText {
    static func of(_ time: Duration) -> String {
        let milliseconds = time / .milliseconds(1)
        if milliseconds < 9.95 { return "\((milliseconds * 10).rounded() / 10) ms" }
        if milliseconds < 999.5 { return "\(Int(milliseconds.rounded())) ms" }
        let seconds = milliseconds / 1000
        if seconds < 99.95 { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(seconds.rounded())
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
