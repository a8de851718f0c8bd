import Foundation
import ModelImport
import ModelStore
import Testing

@Suite struct ResolveTests {
    let fixture: StoreFixture
    var store: ModelStore { fixture.store }
    var folder: URL { fixture.folder.url }

    init() throws {
        fixture = try StoreFixture()
    }

    private func failure(_ text: String) -> ModelStoreError? {
        fixture.failure { _ = try store.resolve(text, relativeTo: folder) }
    }

    @Test func pathsAreTakenAsTheyAre() throws {
        let file = try fixture.modelFile()
        for text in [file.path, "./Small.gguf", "../\(folder.lastPathComponent)/Small.gguf", "Small.gguf", file.absoluteString] {
            let resolved = try store.resolve(text, relativeTo: folder)
            #expect(resolved.url.path == file.standardizedFileURL.path, "\(text)")
            #expect(resolved.name == nil)
        }
    }

    @Test func anExistingFileNeedsNoEnding() throws {
        try fixture.folder.write("x", to: "sub/model")
        #expect(try store.resolve("sub/model", relativeTo: folder).name == nil)
        #expect(failure("sub/other")?.code == .modelNotFound)
    }

    @Test func namesLeadToTheStore() throws {
        let model = try fixture.add("smollm2:135m")
        for text in ["smollm2", "smollm2:135m", "SmolLM2:latest"] {
            let resolved = try store.resolve(text, relativeTo: folder)
            #expect(resolved.url == model.url)
            #expect(resolved.name == model.name)
        }
    }

    @Test func aFolderOfTheSameNameHidesNoModel() throws {
        let model = try fixture.add("smollm2:135m")
        try FileManager.default.createDirectory(at: folder.appending(path: "smollm2"), withIntermediateDirectories: true)
        #expect(try store.resolve("smollm2", relativeTo: folder).name == model.name)
    }

    @Test(arguments: ["./none", "/none/such", "~/mullama-none/such", "none.gguf", "NONE.GGUF", "file:///none/such"])
    func missingPathsAreNamedInFull(text: String) throws {
        let error = try #require(failure(text))
        #expect(error.code == .modelNotFound)
        #expect(error.message.contains("there is no file at /"), "\(error)")
        #expect(!error.message.contains("~"))
    }

    @Test func whatIsNoFileIsNamed() throws {
        #expect(failure("./")?.message.contains("is a folder") == true)
        #expect(failure("/dev/null")?.message.contains("not a regular file") == true)
        #expect(failure("")?.code == .invalidName)
        #expect(failure("a\0b.gguf")?.code == .invalidName)
        #expect(failure("file://example.org/x.gguf")?.code == .modelNotFound)
        #expect(failure("no such file")?.message.contains("no file of that path") == true)
        #expect(failure("a/b/c")?.code == .invalidName)
    }

    @Test func anUnknownNameSaysWhatIsThereAndHowToGetMore() throws {
        try fixture.add("mine:1")
        let error = try #require(failure("smolm2:135m"))
        #expect(error.code == .modelNotFound)
        #expect(error.message.contains("there is no model smolm2:135m"))
        #expect(error.message.contains("did you mean smollm2:135m"))
        #expect(error.message.contains("in the store: mine:1 ("))
        #expect(error.message.contains("mullama import FILE NAME"))
        #expect(error.message.contains("make setup"))
        #expect(!error.message.contains("\n"))
    }

    @Test func aKnownNameSaysWhereItsFileIs() throws {
        let error = try #require(failure("llama3.2"))
        #expect(error.message.contains("the store is empty"))
        #expect(error.message.contains("Llama-3.2-3B-Instruct-Q4_K_M.gguf"))
        #expect(error.message.contains("mullama import Llama-3.2-3B-Instruct-Q4_K_M.gguf llama3.2:3b"))
        #expect(!error.message.contains("did you mean"))
        #expect(failure("smollm2")?.message.contains("run `make setup`") == true)
    }

    @Test func aLongListIsCut() throws {
        for index in 0..<11 { try fixture.add("m\(index):1") }
        #expect(failure("nothing:1")?.message.contains("and 3 more") == true)
    }
}
