import ChatTemplates
import Foundation
import ModelStore
import Mullama

/// What `/api/show` tells of a model.
struct OllamaDescription: Sendable {
    /// Arrays up to this many elements are told in any case.
    private static let shortArray = 5

    /// The model's canonical name.
    let name: String
    let header: GGUFHeader
    let modified: Date
    let license: String?
    /// What contexts get that do not ask for another size; nil if nobody has said so yet.
    let contextSize: Int?
    /// Whether the model writes between two texts; nil if that is not known better than from its file.
    let supportsInfill: Bool?

    /// - Parameter isVerbose: Whether to tell long arrays and the tensors, too.
    /// - Throws: If the file has changed since its header was read.
    func json(isVerbose: Bool) throws(ModelStoreError) -> TemplateValue {
        let templates = ModelTemplates(self.header) { _ in nil }.all
        var fields = TemplateDictionary()
        fields["license"] = self.license.map { .string($0) }
        fields["modelfile"] = .string(self.modelfile)
        fields["parameters"] = .string(self.text(of: self.parameters))
        fields["template"] = .string(templates[0].source)
        fields["details"] = OllamaDetails(ModelFacts(self.header)).json
        fields["model_info"] = try self.metadata(isVerbose: isVerbose)
        if isVerbose { fields["tensors"] = self.tensors }
        fields["capabilities"] = .list(try self.capabilities().map { .string($0) })
        fields["modified_at"] = .string(self.modified.rfc3339)
        return .dictionary(fields)
    }

    /// What holds for requests that do not say otherwise.
    private var parameters: [(name: String, value: String)] {
        let usual = GenerationOptions()
        var all = [
            ("temperature", "\(usual.temperature)"), ("top_k", "\(usual.topK)"), ("top_p", "\(usual.topP)"), ("min_p", "\(usual.minP)"),
            ("repeat_penalty", "\(usual.repeatPenalty)"), ("repeat_last_n", "\(usual.repeatLastN)"),
        ]
        if let contextSize { all.insert(("num_ctx", "\(contextSize)"), at: 0) }
        return all.map { (name: $0, value: $1) }
    }

    private func text(of parameters: [(name: String, value: String)]) -> String {
        parameters.map { $0.name.padding(toLength: 31, withPad: " ", startingAt: 0) + $0.value }.joined(separator: "\n")
    }

    /// The same as lines that Ollama would make the model from.
    private var modelfile: String {
        "FROM \(self.name)\n" + self.parameters.map { "PARAMETER \($0.name) \($0.value)\n" }.joined()
    }

    // MARK: The header

    private func metadata(isVerbose: Bool) throws(ModelStoreError) -> TemplateValue {
        var fields = TemplateDictionary()
        for key in self.header.keys where !key.hasPrefix("tokenizer.chat_template") {
            guard let value = self.header.metadata[key] else { continue }
            if case .array(let array) = value, array.count > Self.shortArray || !array.isLoaded {
                fields[key] = isVerbose ? try self.header.loadArray(key).map { Self.json($0) } ?? .none : TemplateValue.none
            } else {
                fields[key] = Self.json(value)
            }
        }
        fields["general.parameter_count"] = .integer(self.header.parameterCount)
        return .dictionary(fields)
    }

    private var tensors: TemplateValue {
        .list(
            self.header.tensors.map { tensor in
                [
                    "name": .string(tensor.name),
                    "type": .string("\(tensor.type)".uppercased()),
                    "shape": .list(tensor.dimensions.map { .integer($0) }),
                ]
            }
        )
    }

    private static func json(_ value: GGUFValue) -> TemplateValue {
        switch value {
        case .unsigned(let value): Int(exactly: value).map { .integer($0) } ?? .double(Double(value))
        case .signed(let value): .integer(Int(value))
        case .float(let value): Self.json(value)
        case .bool(let value): .boolean(value)
        case .string(let text): .string(text)
        case .array(let array): Self.json(array)
        }
    }

    private static func json(_ array: GGUFArray) -> TemplateValue {
        if array.elementType == .bool { return .list(array.bools?.map { .boolean($0) } ?? []) }
        if let texts = array.strings { return .list(texts.map { .string($0) }) }
        if let numbers = array.ints { return .list(numbers.map { .integer($0) }) }
        return array.doubles.map { .list($0.map { Self.json($0) }) } ?? .none
    }

    /// JSON has numbers alone that are finite.
    private static func json(_ number: Double) -> TemplateValue {
        number.isFinite ? .double(number) : .none
    }
}
