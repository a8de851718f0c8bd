import Mullama
import Testing

@testable import MullamaCLI

struct TerminalTextTests {
    @Test func `control characters are shown, newline and tab kept`() {
        #expect(TerminalFilter.clean("a\u{1B}]0;x\u{07}\tb\nc\r\u{08}\u{00}") == "a\u{FFFD}]0;x\u{FFFD}\tb\nc\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(TerminalFilter.clean("\u{9B}31m\u{85}\u{7F}\u{90}") == "\u{FFFD}31m\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(TerminalFilter.clean("a\r\nb") == "a\u{FFFD}\nb")
    }

    @Test func `other text is untouched`() {
        let text = "Grüße, 世界 👩‍👩‍👧 \u{A0}\u{200F}e\u{301}\n"
        #expect(TerminalFilter.clean(text) == text)
    }

    @Test func `one line is one line`() {
        #expect(TerminalFilter.oneLine("a\nb\r\nc\td\u{2028}e\u{85}f\u{1B}") == "a b c d e f\u{FFFD}")
    }

    @Test(arguments: [
        ([0x61, 0xC3, 0xA9], nil), ([], nil), ([0xFF], 0), ([0x61, 0x62, 0xC3], 2), ([0xC3, 0xA9, 0x80], 2), ([0xED, 0xA0, 0x80], 0),
        ([0xF0, 0x9F, 0x90, 0xA6, 0xF0, 0x9F, 0x90], 4), ([0xC0, 0x80], 0), ([0x00, 0xF5], 1),
    ])
    func `the first byte that is not UTF-8`(_ bytes: [UInt8], _ offset: Int?) {
        #expect(UTF8Check.firstInvalidOffset(in: bytes) == offset)
    }

    @Test func `input that is not UTF-8 is refused with the offset`() throws {
        #expect(try StandardInput.decode([0x61, 0xC3, 0xA9], called: "x") == "aé")
        let error = #expect(throws: MullamaError.self) { try StandardInput.decode([0x61, 0x62, 0xFE, 0x63], called: "notes.txt") }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("notes.txt is not UTF-8: the byte at offset 2 is 0xFE") == true)
    }

    @Test(arguments: [(0.0, 0), (0.5, 50), (0.999, 99), (1, 100), (-1, 0), (7, 100), (.nan, 0)])
    func `a progress bar of any fraction`(_ fraction: Double, _ percent: Int) {
        let bar = ProgressBar(label: "Loading", fraction: fraction)
        #expect(bar.percent == percent)
        #expect(bar.text.count == ProgressBar(label: "Loading", fraction: 1).text.count)
    }

    @Test func `a progress bar fills`() {
        #expect(ProgressBar(label: "Loading x", fraction: 0.5).text == "Loading x [############------------]  50 %")
    }
}
