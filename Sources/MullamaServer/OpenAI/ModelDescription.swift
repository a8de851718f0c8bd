import ChatTemplates
import Foundation
import Mullama

/// A model as `/v1/models` shows it: OpenAI's fields, and what people ask about local models.
struct ModelDescription {
    let json: TemplateValue

    /// - Parameter loaded: All models that are in memory, or on their way.
    init(_ model: AvailableModel, _ loaded: [LoadedModel]) {
        let resident = loaded.first { $0.reference.key == model.reference.key }
        var fields: TemplateDictionary = [
            "id": .string(model.name),
            "object": "model",
            "created": .integer(Int(clamping: Int64(model.modified.timeIntervalSince1970))),
            "owned_by": "mullama",
            "is_default": .boolean(model.isDefault),
            "state": .string(Self.state(resident)),
        ]
        if let resident = resident?.model {
            fields["context_length"] = .integer(AsyncContext(resident).contextSize)
            let reproducibility = resident.info.reproducibility
            fields["reproducibility"] = [
                "state": .string(Self.name(reproducibility.state)), "reason": .string(reproducibility.reason),
            ]
        }
        fields["meta"] = Self.meta(model)
        self.json = .dictionary(fields)
    }

    private static func state(_ resident: LoadedModel?) -> String {
        switch resident?.state {
        case nil: "not_loaded"
        case .loading: "loading"
        case .ready: "loaded"
        case .unloading: "unloading"
        }
    }

    private static func name(_ state: ReproducibilityStatus.State) -> String {
        switch state {
        case .kept: "kept"
        case .notKept: "not_kept"
        case .unchecked: "unchecked"
        }
    }

    /// By the names that llama.cpp's server has for it, where it has one.
    private static func meta(_ model: AvailableModel) -> TemplateValue {
        var meta: TemplateDictionary = ["size": .integer(model.size)]
        guard let facts = model.facts else { return .dictionary(meta) }
        meta["n_params"] = .integer(facts.parameterCount)
        meta["n_ctx_train"] = facts.trainingContextSize.map { .integer($0) }
        meta["n_embd"] = facts.embeddingLength.map { .integer($0) }
        meta["n_layer"] = facts.layerCount.map { .integer($0) }
        meta["n_vocab"] = facts.vocabularySize.map { .integer($0) }
        meta["architecture"] = facts.architecture.map { .string($0) }
        meta["quantization"] = facts.quantization.map { .string($0) }
        return .dictionary(meta)
    }
}
