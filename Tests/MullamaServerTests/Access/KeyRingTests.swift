import Foundation
import Mullama
import Testing

@testable import MullamaServer

@Suite("Keys")
struct KeyRingTests {
    private static let alice = "0123456789abcdef"
    private static let ops = "fedcba9876543210"

    @Test("A file of keys")
    func parsing() throws {
        let ring = try KeyRing(
            parsing: "# who may what\n\nalice  infer  \(Self.alice)\n\tops infer,manage \(Self.ops)  \r\n",
            path: "keys"
        )
        #expect(ring.count == 2)
        #expect(ring.key(Self.alice)?.name == "alice")
        #expect(ring.key(Self.alice)?.scopes == [.infer])
        #expect(ring.key(Self.ops)?.scopes == [.infer, .manage])
        #expect(ring.key("0123456789abcdeg") == nil)
        #expect(ring.key("") == nil)
        #expect(ring.key(Self.alice + "0") == nil)
    }

    @Test("A file from a system whose lines end with two characters")
    func carriageReturns() throws {
        let ring = try KeyRing(parsing: "# keys\r\nalice infer \(Self.alice)\r\nops manage \(Self.ops)\r\n", path: "keys")
        #expect(ring.count == 2)
        #expect(ring.key(Self.ops)?.name == "ops")
        let error = #expect(throws: MullamaError.self) { try KeyRing(parsing: "# keys\r\nalice infer\r\n", path: "keys") }
        #expect(error?.message.contains("line 2 of keys") == true)
    }

    @Test(
        "What is wrong with a line is told, but never the key",
        arguments: [
            ("alice infer", "line 1 of keys has 2 parts"), ("alice infer 0123456789abcdef extra", "has 4 parts"),
            ("alice rule 0123456789abcdef", "scopes other than infer and manage"), ("alice open 0123456789abcdef", "scopes other than"),
            ("alice infer, 0123456789abcdef", "scopes other than"), ("alice infer 0123456789", "shorter than 16"),
            ("alice infer 0123456789abcdefä", "not ASCII"), ("ä infer 0123456789abcdef", "not ASCII"),
            ("a infer 0123456789abcdef\na infer 1123456789abcdef", "line 2 of keys has the name 'a' again"),
            ("a infer 0123456789abcdef\nb infer 0123456789abcdef", "line 2 of keys has the key of another line again"),
            ("# nothing", "there is no key in keys"),
        ]
    )
    func wrong(text: String, message: String) {
        let error = #expect(throws: MullamaError.self) { try KeyRing(parsing: text, path: "keys") }
        #expect(error?.message.contains(message) == true)
        #expect(error?.message.contains("0123456789") == false)
    }

    @Test("A file that others may read or change is refused, with what to do", arguments: [0o644, 0o604, 0o620, 0o602])
    func readable(mode: Int) throws {
        let path = try Self.file(mode)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: MullamaError.self) { try KeyRing(contentsOf: path) }
        #expect(error?.message.contains("chmod 600 \(path)") == true)
    }

    @Test("Its owner's alone, or its group's to read", arguments: [0o600, 0o400, 0o640])
    func closed(mode: Int) throws {
        let path = try Self.file(mode)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try KeyRing(contentsOf: path).count == 1)
    }

    @Test("What is no file")
    func noFile() {
        #expect(throws: MullamaError.self) { try KeyRing(contentsOf: "/nowhere/keys") }
        #expect(throws: MullamaError.self) { try KeyRing(contentsOf: "/tmp") }
    }

    private static func file(_ mode: Int) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        try Data("alice infer \(Self.alice)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}
