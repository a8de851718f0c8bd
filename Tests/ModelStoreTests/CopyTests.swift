import Foundation
import ModelImport
import ModelStore
import Testing

@Suite struct CopyTests {
    let fixture: StoreFixture
    var store: ModelStore { fixture.store }

    init() throws {
        fixture = try StoreFixture()
    }

    private func copy(_ name: String, _ other: String, replacing: Bool = false) throws -> StoredModel {
        try store.copy(ModelName(parsing: name), to: ModelName(parsing: other), replacing: replacing)
    }

    @Test func aCopyIsAnotherNameForTheSameContent() throws {
        let model = try store.add(contentsOf: fixture.modelFile(), as: ModelName(parsing: "a:1"), license: "mit", source: "here")
        let copy = try copy("a:1", "acme/b:2")
        #expect(copy.name.description == "acme/b:2")
        #expect(copy.url == model.url)
        #expect(copy.digest == model.digest)
        #expect(copy.license == "mit")
        #expect(copy.source == "here")
        #expect(try fixture.model("acme/b:2") == copy)
        #expect(try fixture.model("a:1") == model)
        #expect(fixture.files().filter { $0.hasPrefix("blobs/") }.count == 1)

        #expect(try store.remove(model.name) == 0)
        #expect(try fixture.model("acme/b:2") == copy)
        #expect(try store.remove(copy.name) == model.size)
        #expect(fixture.files().isEmpty)
    }

    @Test func anAliasIsCopiedAsWhatItStandsFor() throws {
        try fixture.add("smollm2:135m")
        #expect(try copy("smollm2", "mine").name.description == "mine:latest")
    }

    @Test func aTakenNameIsRefusedUnlessReplaced() throws {
        let first = try fixture.add("a:1")
        let second = try fixture.add("b:1", content: "Other")
        let error = fixture.failure { _ = try copy("a:1", "b:1") }
        #expect(error?.code == .alreadyExists)
        #expect(error?.message.contains(second.digest) == true)
        #expect(try fixture.model("b:1") == second)

        #expect(try copy("a:1", "b:1", replacing: true).digest == first.digest)
        #expect(try fixture.model("b:1")?.url == first.url)
        #expect(!FileManager.default.fileExists(atPath: second.url.path), "the replaced content is left")
    }

    @Test func replacedContentThatAnotherNameHasIsKept() throws {
        try fixture.add("a:1")
        let second = try fixture.add("b:1", content: "Other")
        try fixture.add("c:1", content: "Other")
        _ = try copy("a:1", "b:1", replacing: true)
        #expect(try fixture.model("c:1")?.digest == second.digest)
    }

    @Test func aCopyOntoItselfOrTheSameContentChangesNothing() throws {
        let model = try fixture.add("a:1")
        #expect(try copy("a:1", "a:1") == model)
        let other = try fixture.add("b:1")
        #expect(try copy("a:1", "b:1") == other)
        #expect(try store.models() == [model, other])
    }

    @Test func aDamagedManifestIsWrittenAnew() throws {
        try fixture.add("a:1")
        try fixture.folder.write("{", to: "store/manifests/b/1.json")
        #expect(try copy("a:1", "b:1").name.description == "b:1")
        #expect(try store.listing().damaged.isEmpty)
    }

    @Test func whatIsNotThereCannotBeCopied() throws {
        #expect(fixture.failure { _ = try copy("a:1", "b:1") }?.code == .modelNotFound)
        #expect(fixture.files().isEmpty)
        let model = try fixture.add("a:1")
        #expect(fixture.failure { _ = try copy("c:1", "b:1") }?.code == .modelNotFound)
        try FileManager.default.removeItem(at: model.url)
        #expect(fixture.failure { _ = try copy("a:1", "b:1") }?.code == .storeDamaged)
        #expect(try fixture.model("b:1") == nil)
    }
}
