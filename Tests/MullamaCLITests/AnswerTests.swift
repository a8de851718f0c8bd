import Foundation
import Mullama
import Testing

@testable import MullamaCLI

struct AnswerTests {
    @Test func `newlines are held back until more text comes`() {
        var text = AnswerText()
        #expect(text.append("a\n") == "a")
        #expect(text.append("\n") == "")
        #expect(text.append("b\n") == "\n\nb")
        #expect(text.append("") == "")
        #expect(!text.isEmpty)
    }

    @Test func `an answer of newlines is empty`() {
        var text = AnswerText()
        #expect(text.append("\n\n") == "")
        #expect(text.isEmpty)
        #expect(text.append("é") == "\n\né")
    }

    @Test func `characters stay whole`() {
        var text = AnswerText()
        #expect(text.append("👩‍👧\n") + text.append("e\u{301}") == "👩‍👧\ne\u{301}")
    }

    private func answer(_ reason: FinishReason, tokens: Int = 11, cached: Int = 4) -> Answer {
        Answer(
            text: "Hi \"you\"/\n",
            finishReason: reason,
            seed: 7,
            measures: .init(
                usage: Usage(promptTokens: 20, cachedTokens: cached, completionTokens: tokens),
                timings: Timings(queued: .milliseconds(500), prefill: .seconds(2), decode: .seconds(5))
            )
        )
    }

    @Test func `a report is one line of JSON with all fields`() throws {
        let line = try JSONText.line(AnswerReport(self.answer(.length), model: "a/b:c"))
        #expect(
            line == """
                {"finishReason":"length","model":"a/b:c","seed":7,"text":"Hi \\"you\\"/\\n","timings":{"decode":5,"prefill":2,"queued":0.5},\
                "tokensPerSecond":2,"usage":{"cachedTokens":4,"completionTokens":11,"promptTokens":20,"totalTokens":31}}

                """
        )
    }

    @Test func `a report of an answer that was broken off says what is known`() throws {
        let answer = Answer(text: "So", finishReason: .cancelled, seed: 7, measures: nil)
        #expect(
            try JSONText.line(AnswerReport(answer, model: "m"))
                == "{\"finishReason\":\"cancelled\",\"model\":\"m\",\"seed\":7,\"text\":\"So\"}\n"
        )
    }

    @Test func `speeds count what was computed`() {
        // The end-of-generation token takes a step and is not counted.
        #expect(self.answer(.stop).measures?.decodeRate(.stop) == 11.0 / 5)
        #expect(self.answer(.length).measures?.decodeRate(.length) == 10.0 / 5)
        #expect(self.answer(.length, tokens: 1).measures?.decodeRate(.length) == nil)
        #expect(self.answer(.length).measures?.prefillRate == 8)
        #expect(self.answer(.length, cached: 20).measures?.prefillRate == nil)
    }

    @Test func `statistics name what they count`() throws {
        let answer = self.answer(.length)
        let text = AnswerStats.table(answer, try #require(answer.measures), load: .milliseconds(250)).text
        for words in ["0.250 s", "20 tokens (4 cached)", "11 tokens, ended by length", "2.500 s", "8.0 tok/s", "2.0 tok/s"] {
            #expect(text.contains(words), "\(words)")
        }
        let all = AnswerStats.table([self.answer(.length), self.answer(.stop)], load: .zero, total: .seconds(2)).text
        #expect(all.contains("2, 40 tokens"))
        #expect(all.contains("11.0 tok/s, 2.000 s"))
    }

    @Test func `tokens are one a line`() {
        let list = TokenList([.init(id: 1, piece: "a\n\\"), .init(id: 20, piece: "\u{1B}é\t\r")])
        #expect(list.text == "1\ta\\n\\\\\n20\t\\u{1B}é\\t\\r\n")
        #expect(list.count == 2)
    }
}
