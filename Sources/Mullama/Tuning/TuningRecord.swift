import Foundation

/// A choice of settings as it is remembered: for one model on one machine.
struct TuningRecord: Sendable, Hashable, Codable {
    static let currentVersion = 1

    var version = Self.currentVersion
    /// The fingerprint of the model's file.
    var model: String
    var machine: MachineIdentity
    /// Its kernels were measured, and the next version has others.
    var llama: String
    /// Nil for all layers that the GPU takes.
    var gpuLayers: Int?
    var settings: EngineSettings
    /// Whether answers are promised not to depend on what else runs.
    var keepsAnswers: Bool
    var reason: String
    /// In universal time, ISO 8601.
    var measured: String

    /// Reads one.
    ///
    /// - Throws: ``Unusable`` with what is wrong.
    static func read(_ json: Data) throws(Unusable) -> TuningRecord {
        struct Version: Decodable {
            let version: Int
        }
        let decoder = JSONDecoder()
        guard let version = (try? decoder.decode(Version.self, from: json))?.version else { throw Unusable("it is damaged") }
        guard version == Self.currentVersion else {
            throw Unusable("it has version \(version) and this is a reader of \(Self.currentVersion)")
        }
        guard let record = try? decoder.decode(Self.self, from: json) else { throw Unusable("it is damaged") }
        let settings = record.settings
        guard (1...512).contains(settings.threads), (32...4_096).contains(settings.microBatch), settings.microBatch.isMultiple(of: 16),
            settings.flashAttention || !settings.cacheType.isQuantized
        else { throw Unusable("its settings are out of their ranges") }
        return record
    }

    /// - Throws: ``Unusable`` with what differs.
    func check(model: String, machine: MachineIdentity, llama: String, _ params: ModelParams) throws(Unusable) {
        guard self.model == model else { throw Unusable("it is about another model") }
        guard self.machine == machine else {
            throw Unusable("it was measured on \(self.machine.processor) with \(self.machine.cores) cores")
        }
        guard self.llama == llama else { throw Unusable("it was measured with llama.cpp \(self.llama) and this is \(llama)") }
        guard self.gpuLayers == params.gpuLayers else { throw Unusable("it was measured with another number of layers on a GPU") }
        guard self.settings.cacheType == params.cacheType else { throw Unusable("it was measured with another cache type") }
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Why a record is passed over.
    struct Unusable: Error, Hashable {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }
}
