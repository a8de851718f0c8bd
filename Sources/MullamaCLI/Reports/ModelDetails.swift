import Foundation
import ModelStore
import Mullama

/// What a model's file says about it.
struct ModelDetails: Encodable {
    let name: String
    let path: String
    /// Of models in the store; reading a whole file only to show it would take long.
    let digest: String?
    let architecture: String?
    let parameters: Int
    let quantization: String?
    /// Tokens of context that it was trained on.
    let contextSize: Int?
    let embeddingLength: Int?
    let layers: Int?
    let heads: Int?
    let headsKV: Int?
    let vocabularySize: Int?
    /// Bytes of the file.
    let size: Int
    let license: String?
    let source: String?
    let added: Date?
    let hasChatTemplate: Bool
    /// Only where it was asked for.
    var chatTemplate: String?

    init(_ model: ResolvedModel, _ header: GGUFHeader, stored: StoredModel?) {
        self.name = model.name?.description ?? header.name ?? model.url.deletingPathExtension().lastPathComponent
        self.path = model.url.path
        self.digest = stored?.digest
        self.architecture = header.architecture
        self.parameters = header.parameterCount
        self.quantization = header.quantization
        self.contextSize = header.trainingContextSize
        self.embeddingLength = header.embeddingLength
        self.layers = header.layerCount
        self.heads = header.headCount
        self.headsKV = header.headCountKV
        self.vocabularySize = header.vocabularySize
        self.size = header.fileSize
        self.license = stored?.license ?? header.license
        self.source = stored?.source
        self.added = stored?.addedAt
        self.hasChatTemplate = header.chatTemplate != nil
    }

    /// One fact a line; facts that are not known are left out.
    var table: TextTable {
        let heads = self.heads.map { heads in
            self.headsKV.map { $0 == heads ? "\(heads)" : "\(heads), \($0) for keys and values" } ?? "\(heads)"
        }
        let facts: [(String, String?)] = [
            ("name", self.name),
            ("architecture", self.architecture),
            ("parameters", "\(Quantity.parameters(self.parameters)) (\(Quantity.grouped(self.parameters)))"),
            ("quantization", self.quantization),
            ("context", self.contextSize.map { "\(Quantity.grouped($0)) tokens" }),
            ("embedding", self.embeddingLength.map(Quantity.grouped)),
            ("layers", self.layers.map(Quantity.grouped)),
            ("heads", heads),
            ("vocabulary", self.vocabularySize.map { "\(Quantity.grouped($0)) tokens" }),
            ("size", "\(ByteCount(self.size)) (\(Quantity.grouped(self.size)) bytes)"),
            ("license", self.license),
            ("chat template", self.hasChatTemplate ? "yes" : "no"),
            ("source", self.source),
            ("added", self.added.map(Quantity.day)),
            ("path", self.path),
            ("digest", self.digest),
        ]
        return TextTable(rows: facts.compactMap { name, value in value.map { [name, $0] } })
    }
}
