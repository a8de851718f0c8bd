import ChatTemplates
import Foundation
import Mullama

/// What Ollama calls the details of a model.
struct OllamaDetails: Sendable, Hashable {
    var family: String?
    /// As llama.cpp prints it, such as `Q4_K - Medium`.
    var quantization: String?
    var parameterCount: Int

    init(_ facts: ModelFacts?) {
        self.family = facts?.architecture
        self.quantization = facts?.quantization
        self.parameterCount = facts?.parameterCount ?? 0
    }

    init(_ info: ModelInfo) {
        self.family = info.architecture
        self.quantization = info.quantization
        self.parameterCount = info.parameterCount
    }

    var json: TemplateValue {
        let family = TemplateValue.string(self.family ?? "")
        return [
            "parent_model": "",
            "format": "gguf",
            "family": family,
            "families": [family],
            "parameter_size": .string(Self.size(self.parameterCount)),
            "quantization_level": .string(Self.level(self.quantization ?? "")),
        ]
    }

    /// As Ollama counts parameters: `134.52M`, `8.0B`, `13B`.
    static func size(_ count: Int) -> String {
        for (unit, size, decimals) in [("T", 1e12, 1), ("B", 1e9, 1), ("M", 1e6, 2)] where Double(count) >= size {
            let value = Double(count) / size
            return String(format: "%.\(value == value.rounded() ? 0 : decimals)f", value) + unit
        }
        return count >= 1000 ? "\((count + 500) / 1000)K" : "\(count)"
    }

    /// As files are named: `Q4_K_M` for what llama.cpp prints as `Q4_K - Medium`.
    static func level(_ quantization: String) -> String {
        let words = quantization.split(separator: " ").filter { $0 != "all" && $0 != "-" }
        guard let name = words.first else { return "" }
        switch words.dropFirst().first {
        // The only one of its kind when it was named.
        case "Medium" where name == "Q2_K": return "Q2_K"
        case "Small": return name + "_S"
        case "Medium": return name + "_M"
        case "Large": return name + "_L"
        default: return String(name)
        }
    }
}
