import Testing

@testable import InferenceCore

@Suite("UTF8Assembler")
struct UTF8AssemblerTests {
    /// What comes out piece by piece, and how many bytes are held at the end.
    private static func assemble(_ pieces: [ArraySlice<UInt8>]) -> (texts: [String], held: Int) {
        var assembler = UTF8Assembler()
        let texts = pieces.map { assembler.append($0) }
        return (texts, assembler.heldBytes)
    }

    @Test("every way to cut a text gives the same text, and never U+FFFD", arguments: ["aé€😀", "😀😀é", "né€z", "e\u{301}€😀"])
    func allSplits(text: String) {
        Splits.forEach(of: Array(text.utf8)) { pieces in
            let (texts, held) = Self.assemble(pieces)
            #expect(texts.joined().unicodeScalars.elementsEqual(text.unicodeScalars))
            #expect(held == 0)
        }
    }

    @Test("a character comes with its last byte, and not before", arguments: ["é", "€", "😀", "\u{7FF}", "\u{FFFF}", "\u{10FFFF}"])
    func lastByte(character: String) {
        var assembler = UTF8Assembler()
        let bytes = Array(character.utf8)
        for (index, byte) in bytes.dropLast().enumerated() {
            #expect(assembler.append([byte]).isEmpty)
            #expect(assembler.heldBytes == index + 1)
        }
        #expect(assembler.append(bytes.suffix(1)) == character)
        #expect(assembler.heldBytes == 0)
    }

    @Test("an incomplete end is held, what stands before it is not")
    func incompleteEnd() {
        let cases: [(bytes: [UInt8], text: String, held: Int)] = [
            ([0x61, 0xC3], "a", 1), ([0x61, 0xE2, 0x82], "a", 2), ([0x61, 0xF0], "a", 1), ([0x61, 0xF0, 0x9F, 0x98], "a", 3),
            ([0xE0], "", 1), ([0xE0, 0xA0], "", 2), ([0xED, 0x9F], "", 2), ([0xF4, 0x8F], "", 2), ([0xC2], "", 1), ([], "", 0),
        ]
        for (bytes, text, held) in cases {
            let result = Self.assemble([bytes[...]])
            #expect(result.texts == [text], "\(bytes)")
            #expect(result.held == held, "\(bytes)")
        }
    }

    @Test("bytes that table 3-7 of the Unicode Standard excludes are not held")
    func excluded() {
        let never: [[UInt8]] = [
            [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xFF], [0xE0, 0x9F], [0xED, 0xA0], [0xF0, 0x8F], [0xF4, 0x90], [0xE0, 0x80, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80], [0xF4, 0x90, 0x80], [0xC3, 0x28], [0xE2, 0x28], [0x80, 0x80, 0x80, 0x80],
        ]
        for bytes in never {
            #expect(UTF8Assembler.incompleteTail(of: bytes) == 0, "\(bytes)")
        }
        // A lead that cannot be completed any more is given up for the one after it.
        #expect(UTF8Assembler.incompleteTail(of: [0xE2, 0x82, 0xF0, 0x9F]) == 2)
    }

    @Test("invalid bytes give what String(decoding:) gives for the whole, however they are cut")
    func invalid() {
        let samples: [[UInt8]] = [
            [0x61, 0x80, 0x62], [0xC3, 0xC3, 0xA9], [0xE2, 0x82, 0x61], [0xF0, 0x9F, 0x98, 0xC3, 0xA9], [0xE0, 0x80, 0xAF, 0x41],
            [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80, 0x41], [0xF4, 0x90, 0x80, 0x80, 0x41], [0xF8, 0x88, 0x80, 0x80, 0x80, 0x41],
            [0xFE, 0xFF, 0x41], [0xF0, 0x9F, 0xF0, 0x9F, 0x98, 0x80], [0xC0, 0x80, 0xE2, 0x82, 0xAC],
        ]
        for bytes in samples {
            let whole = String(decoding: bytes, as: UTF8.self)
            Splits.forEach(of: bytes) { pieces in
                let (texts, held) = Self.assemble(pieces)
                #expect(texts.joined().utf8.elementsEqual(whole.utf8), "\(pieces)")
                #expect(held == 0)
            }
        }
    }

    @Test("random bytes give what String(decoding:) gives for all but the held end")
    func random() {
        var generator = SeededGenerator(seed: 1)
        // Leads, continuations and borders of the table, so that long runs of them come often.
        let bytes: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5,
        ]
        for _ in 0..<2_000 {
            let sample = (0..<Int.random(in: 1...12, using: &generator)).map { _ in bytes.randomElement(using: &generator) ?? 0x41 }
            let (texts, held) = Self.assemble(Splits.random(of: sample, using: &generator))
            let expected = String(decoding: sample.dropLast(held), as: UTF8.self)
            #expect(texts.joined().utf8.elementsEqual(expected.utf8), "\(sample)")
            #expect(held <= 3)
        }
    }
}
