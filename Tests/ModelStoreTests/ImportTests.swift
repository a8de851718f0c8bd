import Foundation
import ModelImport
import ModelStore
import MullamaTestSupport
import Testing

@Suite struct ImportTests {
    let fixture: StoreFixture
    var store: ModelStore { fixture.store }

    init() throws {
        fixture = try StoreFixture()
    }

    @Test func whatWasAddedIsFound() throws {
        let file = try fixture.modelFile(license: "apache-2.0")
        let content = try Data(contentsOf: file)
        // By `sha256sum`; changes with the content of the small model.
        let hex = "1e11186f6762766e1fc44ffbf25c38199c40b2ccd589678e60d0517b0535d3f5"
        var progress: [Double] = []
        let before = Date()
        let added = try store.add(contentsOf: file, as: ModelName(parsing: "mine:1"), source: "a test") { progress.append($0) }
        #expect(added.digest == "sha256:\(hex)")
        #expect(added.size == content.count)
        #expect(added.license == "apache-2.0")
        #expect(added.source == "a test")
        #expect(abs(try #require(added.addedAt).timeIntervalSince(before)) < 5)
        #expect(try Data(contentsOf: added.url) == content)
        #expect(try fixture.model("mine:1") == added)
        #expect(fixture.files() == ["blobs/sha256-\(hex)", "manifests/mine/1.json"])
        #expect(progress.last == 1)
        #expect(progress == progress.sorted())
        #expect(FileManager.default.fileExists(atPath: file.path))
    }

    @Test func contentLargerThanOnePieceIsCopiedWhole() throws {
        var builder = GGUFBuilder.smallModel()
        builder.tensors.append(.init(name: "big", dimensions: [2_300_000], type: 0, size: 9_200_000))
        let content = builder.build()
        let file = try fixture.folder.write(content, to: "big.gguf")
        var progress: [Double] = []
        let model = try store.add(contentsOf: file, as: ModelName(parsing: "big:1")) { progress.append($0) }
        #expect(try Data(contentsOf: model.url) == Data(content))
        #expect(progress.count == 3)
    }

    @Test func sameContentIsKeptOnce() throws {
        try fixture.add("a:1")
        var progress: [Double] = []
        let again = try store.add(contentsOf: fixture.modelFile(), as: ModelName(parsing: "b:1")) { progress.append($0) }
        #expect(fixture.files() == ["blobs/\(again.url.lastPathComponent)", "manifests/a/1.json", "manifests/b/1.json"])
        #expect(progress.last == 1)
    }

    @Test func otherContentOfTheSameSizeIsKeptApart() throws {
        try fixture.add("a:1", content: "Aaaaa")
        var progress: [Double] = []
        let other = try store.add(contentsOf: fixture.modelFile("Bbbbb"), as: ModelName(parsing: "b:1")) { progress.append($0) }
        #expect(try GGUFHeader(contentsOf: other.url).name == "Bbbbb")
        #expect(fixture.files().filter { $0.hasPrefix("blobs/") }.count == 2)
        #expect(progress == progress.sorted())
        #expect(progress.last == 1)
    }

    @Test(arguments: ["Other name", "Large"]) func aTakenNameIsRefused(content: String) throws {
        let first = try fixture.add("a:1", content: "Small")
        let files = fixture.files()
        let error = try #require(fixture.failure { try fixture.add("a:1", content: content) })
        #expect(error.code == .alreadyExists)
        #expect(error.message.contains("\(first.size) bytes"))
        #expect(fixture.files() == files)
        #expect(try fixture.model("a:1") == first)
    }

    @Test func replacingSwapsTheContent() throws {
        let old = try fixture.add("a:1", content: "Old")
        let new = try fixture.add("a:1", content: "New model", replacing: true)
        #expect(try fixture.model("a:1") == new)
        #expect(fixture.files() == ["blobs/\(new.url.lastPathComponent)", "manifests/a/1.json"])
        #expect(!FileManager.default.fileExists(atPath: old.url.path))
    }

    @Test func replacingKeepsContentThatAnotherNameHas() throws {
        let old = try fixture.add("a:1", content: "Old")
        try fixture.add("b:1", content: "Old")
        try fixture.add("a:1", content: "New model", replacing: true)
        #expect(try fixture.model("b:1")?.url == old.url)
    }

    @Test func addingTheSameAgainKeepsWhatIsKnown() throws {
        let name = try ModelName(parsing: "a:1")
        let first = try store.add(contentsOf: fixture.modelFile(), as: name, license: "MIT", source: "here")
        #expect(try store.add(contentsOf: fixture.modelFile(), as: name) == first)
        let changed = try store.add(contentsOf: fixture.modelFile(), as: name, license: "BSD-3-Clause")
        #expect(changed.license == "BSD-3-Clause")
        #expect(changed.source == "here")
    }

    @Test func aReaderNeverSeesAModelThatIsBeingReplacedAsDamaged() throws {
        try fixture.add("a:1", content: "First")
        let store = store
        let name = try ModelName(parsing: "a:1")
        let sizes = Set(try ["First", "Second one"].map { try GGUFHeader(contentsOf: fixture.modelFile($0)).fileSize })
        let reader = BackgroundLoop {
            let model = try #require(try store.model(named: name))
            #expect(sizes.contains(model.size))
        }
        for round in 0..<40 {
            try fixture.add("a:1", content: round % 2 == 0 ? "Second one" : "First", replacing: true)
        }
        #expect(try reader.stop() > 0)
        #expect(fixture.files().count == 2)
    }

    // MARK: Refusals

    @Test func whatIsNoModelIsRefusedAndLeavesNothing() throws {
        let name = try ModelName(parsing: "a:1")
        var part = GGUFBuilder.smallModel()
        part.add("split.count", type: 2, GGUFBuilder.integer(UInt16(3)))
        part.add("split.no", UInt64(Int64.max))
        var adapter = GGUFBuilder.smallModel()
        adapter.add("general.type", "adapter")
        var vocabulary = GGUFBuilder.smallModel()
        vocabulary.tensors = []
        var nameless = GGUFBuilder()
        nameless.tensors = [.init(name: "t", dimensions: [1], type: 0, size: 4)]
        for (builder, reason) in [(part, "of 3"), (adapter, "'adapter'"), (vocabulary, "no weights"), (nameless, "architecture")] {
            let file = try fixture.folder.write(builder.build(), to: "x.gguf")
            let error = try #require(fixture.failure { try store.add(contentsOf: file, as: name) })
            #expect(error.code == .unsupportedModel)
            #expect(error.message.contains(reason), "\(error)")
        }
        let cut = try fixture.folder.write(GGUFBuilder.smallModel().build().dropLast(), to: "x.gguf")
        #expect(fixture.failure { try store.add(contentsOf: cut, as: name) }?.code == .truncatedModelFile)
        let missing = fixture.folder.url.appending(path: "missing.gguf")
        #expect(fixture.failure { try store.add(contentsOf: missing, as: name) }?.code == .modelNotFound)
        #expect(fixture.files().isEmpty)
    }

    @Test func cancellingLeavesNothing() throws {
        let name = try ModelName(parsing: "a:1")
        let error = fixture.failure { try store.add(contentsOf: fixture.modelFile(), as: name, isCancelled: { true }) }
        #expect(error?.code == .cancelled)
        #expect(fixture.files().isEmpty)
    }

    @Test func aFileThatShrinksMeanwhileLeavesNothing() throws {
        var builder = GGUFBuilder.smallModel()
        builder.tensors.append(.init(name: "big", dimensions: [1_200_000], type: 0, size: 4_800_000))
        let file = try fixture.folder.write(builder.build(), to: "big.gguf")
        let handle = try FileHandle(forWritingTo: file)
        let error = fixture.failure {
            try store.add(contentsOf: file, as: ModelName(parsing: "a:1")) { _ in
                #expect(throws: Never.self) { try handle.truncate(atOffset: 100) }
            }
        }
        #expect(error?.code == .ioFailed)
        #expect(error?.message.contains("changed while it was read") == true)
        #expect(fixture.files().isEmpty)
    }

    @Test func refusalsOfTheSystemAreNamed() throws {
        try fixture.folder.write("a file where a folder should be", to: "store/blobs")
        let error = try #require(fixture.failure { try fixture.add("a:1") })
        #expect(error.code == .ioFailed)
        #expect(error.underlying != nil)
        #expect(error.message.contains("blobs"))
    }

    @Test func aManifestThatCannotBeWrittenLeavesNoContent() throws {
        try fixture.folder.write("a file where a folder should be", to: "store/manifests/a")
        #expect(fixture.failure { try fixture.add("a:1") }?.code == .ioFailed)
        #expect(fixture.files() == ["manifests/a"])
    }

    @Test func whatInterruptedImportsLeftIsSweptAfterADay() throws {
        for (entry, age) in [(".incoming-old", 90_000.0), (".incoming-new", 3_600)] {
            let file = try fixture.folder.write([1], to: "store/blobs/\(entry)")
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: file.path)
        }
        try fixture.add("a:1")
        #expect(fixture.files().filter { $0.contains(".incoming") } == ["blobs/.incoming-new"])
    }
}
