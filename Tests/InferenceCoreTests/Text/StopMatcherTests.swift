import Testing

@testable import InferenceCore

@Suite("StopMatcher")
struct StopMatcherTests {
    private static func run(_ stops: [String], _ pieces: some Sequence<String>) -> (text: String, isStopped: Bool) {
        var matcher = StopMatcher(stops)
        var text = ""
        for piece in pieces {
            let result = matcher.append(piece)
            text += result.text
            if result.isStopped { return (text, true) }
        }
        return (text + matcher.finish(), false)
    }

    private func expect(_ result: StopMatcher.Result, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result == StopMatcher.Result(text: text, isStopped: false), sourceLocation: sourceLocation)
    }

    private func expect(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(text == expected, sourceLocation: sourceLocation)
    }

    /// The same answer, found a character at a time in the whole text.
    private static func reference(_ stops: [String], _ text: String) -> (text: String, isStopped: Bool) {
        let scalars = Array(text.unicodeScalars)
        for end in scalars.indices {
            let sofar = scalars[...end]
            let found = stops.map { Array($0.unicodeScalars) }.filter { !$0.isEmpty && sofar.suffix($0.count).elementsEqual($0) }
            guard let longest = found.map(\.count).max() else { continue }
            return (String(String.UnicodeScalarView(sofar.dropLast(longest))), true)
        }
        return (text, false)
    }

    @Test(
        "every way to cut a text gives the same answer",
        arguments: [
            ("one STOP two", ["STOP"], "one ", true),
            ("no such thing", ["STOP"], "no such thing", false),
            ("STOP", ["STOP"], "", true),
            ("almost STO", ["STOP"], "almost STO", false),
            ("aaaab", ["aab"], "aa", true),
            ("SSTSTOP", ["STOP"], "SST", true),
            ("x END y", ["STOP", "END"], "x ", true),
            ("xabcd", ["ab", "abc"], "x", true),
            ("xabcd", ["abc", "ab"], "x", true),
            ("xabcd", ["abce", "bc"], "xa", true),
            ("xabcd", ["abcd", "bc"], "xa", true),
            ("xabcd", ["bc", "abc"], "x", true),
            ("ab\n\nc", ["\n\n", "\n"], "ab", true),
            ("a</s>b", ["</s>", "<end>"], "a", true),
            ("a<en</s>b", ["</s>", "<end>"], "a<en", true),
            ("wört höh", ["hö"], "wört ", true),
            ("ein 😀!", ["😀"], "ein ", true),
            ("日本語。", ["。", "本日"], "日本語", true),
            ("text", ["", "x"], "te", true),
            ("text", [""], "text", false),
            ("text", [], "text", false),
        ]
    )
    func allSplits(text: String, stops: [String], expected: String, isStopped: Bool) {
        #expect(Self.reference(stops, text) == (expected, isStopped))
        let scalars = Array(text.unicodeScalars).map { String($0) }
        Splits.forEach(of: scalars) { pieces in
            #expect(Self.run(stops, pieces.map { $0.joined() }) == (expected, isStopped), "\(pieces)")
        }
    }

    @Test("text is held only while it may be the start of a stop string")
    func held() {
        var matcher = StopMatcher(["STOP", "\n\n"])
        expect(matcher.append("a"), "a")
        expect(matcher.append("bST"), "b")
        expect(matcher.append("O"), "")
        expect(matcher.append("S"), "STO")
        expect(matcher.append("x\n"), "Sx")
        expect(matcher.append(""), "")
        expect(matcher.finish(), "\n")
        expect(matcher.finish(), "")
    }

    @Test("without stop strings nothing is held")
    func nothingHeld() {
        var matcher = StopMatcher(["", ""])
        expect(matcher.append("abc"), "abc")
        expect(matcher.finish(), "")
    }

    @Test("random texts, stop strings and cuts agree with the reference")
    func random() {
        var generator = SeededGenerator(seed: 2)
        let alphabet = ["a", "b", "é", "😀"]
        func word(_ length: ClosedRange<Int>) -> String {
            (0..<Int.random(in: length, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? "a" }.joined()
        }
        var found = 0
        for _ in 0..<3_000 {
            let text = word(0...14)
            let stops = (0..<Int.random(in: 0...3, using: &generator)).map { _ in word(0...4) }
            let pieces = Splits.random(of: text.map { String($0) }, using: &generator).map { $0.joined() }
            let expected = Self.reference(stops, text)
            #expect(Self.run(stops, pieces) == expected, "\(stops) in \(pieces)")
            if expected.isStopped {
                found += 1
                #expect(stops.allSatisfy { $0.isEmpty || !expected.text.contains($0) })
            }
        }
        #expect((500...2_500).contains(found))
    }
}
