import ArgumentParser
import ChatTemplates
import Foundation
import MullamaServer
import Testing

@testable import MullamaCLI

struct ServeOptionsTests {
    @Test(arguments: SettingName.allCases)
    func `every setting has a flag, which is passed on as it was given`(_ name: SettingName) throws {
        let options = try ServeOptions.parse([name.flag, "-1 x"])
        #expect(options.flags == [name: ["-1 x"]])
        #expect(options.arguments == [name.flag, "-1 x"])
    }

    @Test func `lists keep their order, and the file is passed on`() throws {
        let options = try ServeOptions.parse(["--model", "a", "--config", "f", "--model", "b"])
        #expect(options.flags == [.model: ["a", "b"]])
        #expect(options.arguments == ["--model", "a", "--model", "b", "--config", "f"])
        #expect(try ServeOptions.parse([]).flags.isEmpty)
    }
}
