import ChatTemplates

struct TemplatesScenario: Scenario {
    let summary = "a chat of 100 messages rendered by a template with tools and reasoning; no model is loaded"

    private static let source = """
        {%- if tools %}
            {{- '<|im_start|>system\\n# Tools\\n<tools>' }}
            {%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{% endfor %}
            {{- '\\n</tools><|im_end|>\\n' }}
        {%- endif %}
        {%- set ns = namespace(last=messages|length - 1) %}
        {%- for message in messages[::-1] if message.role == 'user' %}
            {%- set ns.last = messages|length - loop.index %}{% break %}
        {%- endfor %}
        {%- for message in messages %}
            {%- set content = message.content | trim %}
            {%- if message.role == 'assistant' and '</think>' in content and loop.index0 < ns.last %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- for call in message.tool_calls or [] %}{{ call.name }}({{ call.arguments | tojson(indent=2) }}){% endfor %}
            {{- '<|im_end|>\\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
        """

    func run(_ setup: BenchSetup) async throws -> Findings {
        var parsing: [Double] = []
        var rendering: [Double] = []
        let now = TemplateDate(year: 2026, month: 1, day: 15)
        for _ in 0..<(4 * setup.runs) {
            var template = try ChatTemplate(Self.source)
            parsing.append(try ContinuousClock().measure { template = try ChatTemplate(Self.source) } / .milliseconds(1))
            let variables = Self.conversation(of: 100)
            var text = ""
            let time = try ContinuousClock().measure { text = try template.render(variables, now: now) }
            precondition(text.utf8.count > 20_000)
            rendering.append(time / .milliseconds(1))
        }
        return Findings(rows: [
            Row("parsing a chat template with tools and reasoning", unit: "ms", ours: parsing),
            Row("rendering 100 messages with it", unit: "ms", ours: rendering, bar: .below(2)),
        ])
    }

    private static func conversation(of count: Int) -> TemplateVariables {
        let text = Array(repeating: "The quick brown fox jumps over the lazy dog.", count: 6).joined(separator: " ")
        let messages: [TemplateValue] = (0..<count).map { number in
            guard number.isMultiple(of: 2) else {
                return [
                    "role": "assistant", "content": "<think>Let me see: \(text)</think>\n\n\(number) \(text)",
                    "tool_calls": [["name": "search", "arguments": ["query": "fox", "limit": .integer(number)]]],
                ]
            }
            return ["role": "user", "content": .string("\(number) \(text)")]
        }
        let tool: TemplateValue = ["type": "function", "function": ["name": "search", "parameters": ["type": "object"]]]
        return ["messages": .list(messages), "tools": [tool], "add_generation_prompt": true]
    }
}
