import Foundation
import ModelStore
import Mullama
import Testing

@testable import MullamaServer

@Suite struct ModelCatalogTests {
    let fixture: StoreFixture

    init() throws {
        self.fixture = try StoreFixture()
    }

    private func catalog(_ named: String...) throws -> ModelCatalog {
        try ModelCatalog(named: named.map { NamedModel($0) }, store: self.fixture.store)
    }

    private func refusal(_ body: () throws -> Void) -> MullamaError? {
        #expect(throws: MullamaError.self) { try body() }
    }

    @Test(arguments: ["smollm2:135m", "smollm2", "smollm2:latest", "SmolLM2:135M", "smollm-2:135m"])
    func findsTheStoresModelsByAllOfTheirNames(name: String) throws {
        let model = try self.fixture.add("smollm2:135m")
        let reference = try self.catalog().resolve(name)
        #expect(reference.name == "smollm2:135m")
        #expect(reference.digest == model.digest)
        #expect(reference.url.lastPathComponent == model.url.lastPathComponent)
    }

    @Test(arguments: ["Tiny-Q4_1", "tiny-q4_1", "Tiny-Q4_1.gguf", "tiny-q4_1.GGUF", "Tiny-Q4_1:latest"])
    func findsANamedFileByItsName(name: String) throws {
        let file = try self.fixture.file("models/Tiny-Q4_1.gguf")
        let reference = try self.catalog(file.path).resolve(name)
        #expect(reference.name == "Tiny-Q4_1")
        #expect(reference.url == file.resolvingSymlinksInPath())
        #expect(reference.digest == nil)
    }

    @Test func whatTheOperatorWroteIsAName() throws {
        let file = try self.fixture.file("models/tiny.gguf")
        #expect(try self.catalog(file.path).resolve(file.path).name == "tiny")
    }

    @Test func theFirstNamedIsTheDefault() throws {
        try self.fixture.add("b:1")
        let file = try self.fixture.file("a.gguf")
        #expect(try self.catalog("b:1", file.path).resolve(nil).name == "b:1")
        #expect(try self.catalog(file.path, "b:1").resolve(nil).name == "a")
        let error = self.refusal { _ = try self.catalog().resolve(nil) }
        #expect(error?.code == .modelNotFound)
        #expect(error?.message.contains("b:1") == true)
    }

    /// Files that are there, and that a request must not reach.
    @Test func requestsCannotReachForFiles() throws {
        let served = try self.fixture.file("models/tiny.gguf")
        let secret = try self.fixture.file("models/secret.gguf")
        let blob = try self.fixture.add("a:1").url
        let catalog = try self.catalog(served.path)
        let relative = "models/../models/tiny.gguf"
        let paths = [
            secret.path, "file://\(secret.path)", blob.path, "./secret.gguf", "secret.gguf", "../../x.gguf", "models/tiny.gguf", relative,
            "/" + served.path, served.path + "/", "~/tiny.gguf", "a/../b", "..", ".", "/", "", "\0", "tiny\0.gguf", ".gguf", ":latest",
            String(repeating: "x", count: 100_000),
        ]
        for path in paths {
            let error = self.refusal { _ = try catalog.resolve(path) }
            #expect(error?.code == .modelNotFound, "\(path.prefix(100))")
            #expect(error?.message.utf8.count ?? 0 < 600, "the message is as long as the request")
            #expect(error?.message.contains(self.fixture.folder.path) != true || path.contains(self.fixture.folder.path), "a path is told")
        }
    }

    @Test func aRefusalNamesWhatIsThere() throws {
        for number in 1...12 { try self.fixture.add("m:\(number)") }
        let error = self.refusal { _ = try self.catalog("m:2").resolve("nope") }
        #expect(error?.message == "there is no model 'nope' here: ask for m:1, m:10, m:11, m:12, m:2, m:3, m:4, m:5 and 4 more")
    }

    @Test func sameContentIsOneModel() throws {
        try self.fixture.add("a:1", content: [1])
        try self.fixture.add("b:1", content: [1])
        try self.fixture.add("c:1", content: [2])
        let catalog = try self.catalog()
        #expect(try catalog.resolve("a:1").key == catalog.resolve("b:1").key)
        #expect(try catalog.resolve("b:1").name == "b:1")
        #expect(try catalog.resolve("a:1").key != catalog.resolve("c:1").key)
    }

    @Test func aLinkIsTheFileThatItLeadsTo() throws {
        let file = try self.fixture.file("real.gguf")
        let link = self.fixture.folder.appending(path: "link.gguf")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        let catalog = try self.catalog(file.path, link.path)
        #expect(try catalog.resolve("link").key == catalog.resolve("real").key)
        #expect(catalog.references.map(\.name) == ["real"])
    }

    @Test func twoFilesOfOneNameAreRefused() throws {
        let first = try self.fixture.file("one/model.gguf")
        let second = try self.fixture.file("two/Model.gguf")
        let error = self.refusal { _ = try self.catalog(first.path, second.path) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains(second.path) == true)
        // The same one twice is no trouble.
        #expect(try self.catalog(first.path, first.path).references.count == 1)
    }

    @Test func whatIsNotThereIsRefusedAtTheStart() throws {
        #expect(self.refusal { _ = try self.catalog("nope:1") }?.code == .modelNotFound)
        #expect(self.refusal { _ = try self.catalog("/nope/x.gguf") }?.code == .modelNotFound)
    }

    @Test func listsAllThatCanBeNamed() throws {
        let stored = try self.fixture.add("b:1", content: SmallGGUF.bytes)
        try self.fixture.add("c:1", content: [1, 2, 3])
        let file = try self.fixture.file("a.gguf", content: SmallGGUF.bytes)
        let models = try self.catalog(file.path, "b:1").available()
        #expect(models.map(\.name) == ["a", "b:1", "c:1"])
        #expect(models.map(\.isDefault) == [true, false, false])
        #expect(models.map(\.size) == [SmallGGUF.bytes.count, SmallGGUF.bytes.count, 3])
        #expect(models.map(\.digest)[1] == stored.digest)
        #expect(models[0].digest == nil)
        #expect(models[0].facts?.architecture == "llama")
        #expect(models[0].facts?.parameterCount == 64 * 48)
        #expect(models[0].facts?.quantization == "F16")
        #expect(models[2].facts == nil, "a file without a header is listed all the same")
        #expect(abs(models[0].modified.timeIntervalSinceNow) < 3600)
    }

    @Test func factsFollowTheFile() throws {
        let file = try self.fixture.file("a.gguf", content: [1])
        let catalog = try self.catalog(file.path)
        #expect(try catalog.available()[0].facts == nil)
        _ = try self.fixture.file("a.gguf", content: SmallGGUF.bytes)
        #expect(try catalog.available()[0].facts?.layerCount == 2)
        try FileManager.default.removeItem(at: file)
        #expect(try catalog.available().isEmpty)
    }
}
