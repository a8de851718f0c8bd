import Foundation
import ModelStore
import Testing

@testable import Mullama

@Suite("Remembered settings", .needsModel)
struct TuningStoreTests {
    /// A folder that lives as long as a test.
    private final class Place {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-tuning-\(UUID())", directoryHint: .isDirectory)

        deinit {
            try? FileManager.default.removeItem(at: self.url)
        }
    }

    private let place = Place()
    private var store: TuningStore { TuningStore(folder: self.place.url) }

    private func record(_ change: (inout TuningRecord) -> Void = { _ in }) throws -> TuningRecord {
        var record = TuningRecord(
            model: try ModelIdentity.fingerprint(of: RealModel.url),
            machine: .current,
            llama: LlamaLibrary.version,
            settings: EngineSettings(microBatch: 64, threads: 1),
            keepsAnswers: true,
            reason: "it is faster",
            measured: "2026-11-27T12:00:00Z"
        )
        change(&record)
        return record
    }

    /// What a load finds.
    private func found(_ params: ModelParams = ModelParams()) throws -> TuningRecord? {
        let url = try RealModel.url
        return self.store.record(for: url, try GGUFHeader(contentsOf: url), params)
    }

    /// The one file in the folder.
    private func file() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: self.place.url.path)
        try #require(names.count == 1)
        return self.place.url.appending(path: names[0])
    }

    private func write(_ record: TuningRecord) throws {
        try self.store.write(record, size: try GGUFHeader(contentsOf: try RealModel.url).fileSize)
    }

    @Test("What is written is found, replaced and forgotten")
    func roundTrip() throws {
        #expect(try self.found() == nil)
        let record = try self.record()
        try self.write(record)
        #expect(try self.found() == record)
        let other = try self.record { $0.settings.microBatch = 128 }
        try self.write(other)
        #expect(try self.found() == other)
        _ = try self.file()
        let url = try RealModel.url
        #expect(try self.store.remove(for: url, GGUFHeader(contentsOf: url)) == 1)
        #expect(try self.store.remove(for: url, GGUFHeader(contentsOf: url)) == 0)
        #expect(try self.found() == nil)
    }

    @Test("A cache type has a choice of its own")
    func cacheTypes() throws {
        try self.write(try self.record())
        #expect(try self.found(ModelParams(cacheType: .q8_0)) == nil)
        try self.write(try self.record { $0.settings = EngineSettings(cacheType: .q8_0, threads: 1) })
        #expect(try self.found(ModelParams(cacheType: .q8_0))?.settings.cacheType == .q8_0)
        #expect(try self.found()?.settings.cacheType == .f16)
    }

    @Test("What was measured elsewhere, with another llama.cpp or another share of a GPU is passed over")
    func foreign() throws {
        let changes: [(inout TuningRecord) -> Void] = [
            { $0.llama = "0.0.1" }, { $0.machine.cores += 1 }, { $0.gpuLayers = 3 }, { $0.model = "other" }, { $0.version = 2 },
            { $0.settings.threads = 0 }, { $0.settings.microBatch = 100 },
        ]
        let plain = try self.record()
        for change in changes {
            try self.write(plain)
            // Under the name of this model and machine.
            try self.record(change).json().write(to: self.file())
            #expect(try self.found() == nil)
        }
        try plain.json().write(to: self.file())
        #expect(try self.found() == plain)
    }

    @Test("A damaged file is passed over", arguments: ["", "{", "{\"version\": 1}", "[]", "\u{0}"])
    func damaged(_ text: String) throws {
        try self.write(try self.record())
        try Data(text.utf8).write(to: self.file())
        #expect(try self.found() == nil)
    }

    @Test("The caller's word comes first, then what was measured, then the defaults")
    func order() throws {
        let record = try self.record()
        let measured = EngineSettings.inForce(ModelParams(), record)
        #expect(measured.settings == record.settings)
        #expect("\(measured.origin)" == "measured on 2026-11-27")
        let given = EngineSettings.inForce(ModelParams(threads: 3, cacheLayout: .unified), record)
        #expect(given.settings == EngineSettings(cacheLayout: .unified, microBatch: 64, threads: 3))
        #expect("\(given.origin)" == "measured on 2026-11-27; threads, cacheLayout given")
        let plain = EngineSettings.inForce(ModelParams(threads: 3), nil)
        #expect(plain.settings == EngineSettings(threads: 3))
        #expect("\(plain.origin)" == "defaults; threads given")
    }
}

@Suite("Settings as parameters")
struct EngineSettingsTests {
    @Test("A quantized cache has flash attention, whatever is said")
    func flash() {
        var settings = EngineSettings(cacheType: .q8_0, threads: 1)
        #expect(settings.flashAttention)
        settings.flashAttention = false
        #expect(settings.flashAttention)
        var plain = EngineSettings(threads: 1)
        plain.cacheType = .q4_0
        #expect(plain.flashAttention)
        #expect("\(EngineSettings(threads: 1))" == "flash attention off, cells per sequence, 256 rows, f16 cache, 1 thread")
    }

    @Test(
        "Parameters out of range are refused",
        arguments: [
            ModelParams(microBatch: 16), ModelParams(microBatch: 100), ModelParams(microBatch: 8_192),
            ModelParams(cacheType: .q8_0, flashAttention: false), ModelParams(prefillShare: 0), ModelParams(prefillShare: .nan),
        ]
    )
    func refused(_ params: ModelParams) {
        #expect { try params.validate() } throws: { ($0 as? MullamaError)?.code == .invalidRequest }
    }

    @Test("Parameters in range are taken")
    func taken() throws {
        try ModelParams(cacheType: .q8_0, flashAttention: true, cacheLayout: .unified, microBatch: 32).validate()
        try ModelParams(flashAttention: false, microBatch: 4_096).validate()
    }
}
