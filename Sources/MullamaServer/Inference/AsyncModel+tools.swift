import ChatTemplates
import Mullama

extension AsyncModel {
    /// Refuses tools that the model would never get to see: its answers would come without a word about them.
    func check(tools: [TemplateValue]) throws(APIError) {
        guard !tools.isEmpty, !self.chatTemplates.knowsTools else { return }
        throw .invalid("tools", code: "unsupported_parameter", "the model does not support tools: its chat template never shows them")
    }
}

extension [ModelChatTemplate] {
    /// Whether the model gets to see tools. ChatML, which stands in for a missing template, names them only to refuse them.
    fileprivate var knowsTools: Bool {
        self.contains { $0.name == "tool_use" || $0.name == nil && !$0.isFallback && $0.source.contains("tools") }
    }
}
