/// Texts of a number of words. Two with different numbers begin differently, so that nobody has computed one for the other.
enum Prompts {
    private static let adjectives = ["old", "small", "quiet", "green", "long", "dark", "young", "warm", "empty", "bright", "cold", "kind"]
    private static let nouns = [
        "house", "river", "garden", "teacher", "road", "window", "horse", "village", "letter", "forest", "table", "sailor", "market",
        "bridge", "child", "winter", "doctor", "ship",
    ]
    private static let verbs = ["found", "carried", "watched", "left", "followed", "painted", "remembered", "sold", "reached", "opened"]
    private static let places = ["behind", "near", "under", "beside", "above", "across"]

    /// So many words in sentences; the last goes on.
    static func text(words: Int, number: Int) -> String {
        var random = RandomNumbers(UInt64(number) &* 7919 &+ 17)
        func any(_ words: [String]) -> String { words.randomElement(using: &random) ?? "" }
        var text = ["Chapter", "\(number)."]
        while text.count < words {
            text += ["The", any(self.adjectives), any(self.nouns), any(self.verbs), "the", any(self.adjectives), any(self.nouns)]
            text += [any(self.places), "the", any(self.nouns) + "."]
        }
        let end = ["Then", "the"]
        return (text.prefix(max(0, words - end.count)) + end).joined(separator: " ")
    }

    /// Something to go on with, of some 15 words.
    static func short(_ number: Int) -> String { self.text(words: 15, number: number) }
}
