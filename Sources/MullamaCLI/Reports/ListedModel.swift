import Foundation
import ModelStore
import Mullama

/// A model of the store in a list.
struct ListedModel: Encodable {
    let name: String
    let size: Int
    let quantization: String?
    let parameters: Int
    let added: Date?

    init(_ model: StoredModel, _ header: GGUFHeader) {
        self.name = model.name.description
        self.size = model.size
        self.quantization = header.quantization
        self.parameters = header.parameterCount
        self.added = model.addedAt
    }

    static func table(_ models: [ListedModel]) -> TextTable {
        TextTable(
            header: ["NAME", "SIZE", "QUANTIZATION", "PARAMETERS", "ADDED"],
            rows: models.map { model in
                [
                    model.name, ByteCount(model.size).description, model.quantization ?? "-", Quantity.parameters(model.parameters),
                    model.added.map(Quantity.day) ?? "-",
                ]
            },
            alignments: [.left, .right, .left, .right]
        )
    }
}

extension GGUFHeader {
    /// What the file says, else the type of most of its weights.
    var quantization: String? {
        self.fileType?.description ?? self.dominantTensorType?.description
    }
}
