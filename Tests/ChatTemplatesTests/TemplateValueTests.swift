import ChatTemplates
import Foundation
import Testing

@Suite("TemplateValue")
struct TemplateValueTests {
    @Test("JSON keeps the order of keys, in and out")
    func order() throws {
        let keys = (0..<40).map { "k\($0 * 7 % 40)" }
        let text = "{" + keys.map { "\"\($0)\": [1, 2.0, null, true, \"é\\n\"]" }.joined(separator: ", ") + "}"
        let value = try TemplateValue(json: text)
        #expect(value.json == text)
        guard case .dictionary(let dictionary) = value else {
            Issue.record("not a dictionary")
            return
        }
        #expect(dictionary.keys == keys)
    }

    @Test("escapes, surrogate pairs and numbers are read as JSON has them")
    func reads() throws {
        #expect(try TemplateValue(json: #""\u00e9\ud83d\ude00\/\"""#) == "é😀/\"")
        #expect(try TemplateValue(json: "[-0, 1e3, 0.5, 18446744073709551615]") == [0, 1000.0, 0.5, 18446744073709551615.0])
    }

    @Test(
        "what is not JSON is refused",
        arguments: ["", "[1,]", "{a: 1}", "01", "1.", "\"a", "\"\\ud800\"", "nul", "[1] 2", "\"\u{1}\"", "{\"a\" 1}", "+1"]
    )
    func refuses(text: String) {
        #expect(throws: TemplateError.self) { try TemplateValue(json: text) }
    }

    @Test("a dictionary tells keys apart byte by byte and keeps its order when entries change")
    func dictionary() {
        var dictionary: TemplateDictionary = ["\u{E9}": 1, "e\u{301}": 2]
        #expect(dictionary.count == 2)
        for number in 0..<30 { dictionary["k\(number)"] = .integer(number) }
        dictionary["k3"] = nil
        dictionary["k0"] = "first"
        #expect(dictionary["k0"] == "first" && dictionary["k3"] == nil && dictionary["k29"] == 29)
        #expect(dictionary.keys.prefix(4) == ["\u{E9}", "e\u{301}", "k0", "k1"])
        #expect(dictionary.count == 31)
    }

    @Test("Codable brings back what it wrote")
    func codable() throws {
        let value: TemplateValue = ["a": [1, 2.5, nil, true, "x"], "b": [:]]
        let decoded = try JSONDecoder().decode(TemplateValue.self, from: JSONEncoder().encode(value))
        guard case .dictionary(let dictionary) = decoded else {
            Issue.record("not a dictionary")
            return
        }
        #expect(dictionary["a"] == [1, 2.5, nil, true, "x"])
        #expect(dictionary["b"] == [:])
    }
}
