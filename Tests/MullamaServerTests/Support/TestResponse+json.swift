import ChatTemplates
import Foundation
import HummingbirdTesting
import Testing

extension TestResponse {
    var value: TemplateValue {
        get throws { try TemplateValue(json: self.text) }
    }

    /// The data of a stream's events, one each. Comments are left out.
    var events: [String] {
        self.text.components(separatedBy: "\n\n").compactMap { $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : nil }
    }

    /// The events of an answer that came to its end, without what marks that.
    var parts: [TemplateValue] {
        get throws {
            let events = self.events
            #expect(events.last == "[DONE]")
            return try events.dropLast().map { try TemplateValue(json: $0) }
        }
    }
}

extension TemplateValue {
    /// What a path of names and places leads to; null if there is nothing.
    subscript(path: any PathStep...) -> TemplateValue {
        path.reduce(self) { value, step in step.step(value) ?? .none }
    }

    /// With those fields whose values no test can know replaced by their names.
    var stable: String {
        guard case .dictionary(var fields) = self else { return self.json }
        for name in ["id", "created", "system_fingerprint", "timings"] where fields[name] != nil { fields[name] = .string(name) }
        return TemplateValue.dictionary(fields).json
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var count: Int {
        switch self {
        case .list(let items): items.count
        case .dictionary(let fields): fields.count
        default: 0
        }
    }
}

protocol PathStep {
    func step(_ value: TemplateValue) -> TemplateValue?
}

extension String: PathStep {
    func step(_ value: TemplateValue) -> TemplateValue? {
        if case .dictionary(let fields) = value { fields[self] } else { nil }
    }
}

extension Int: PathStep {
    func step(_ value: TemplateValue) -> TemplateValue? {
        if case .list(let items) = value, items.indices.contains(self) { items[self] } else { nil }
    }
}
