import ChatTemplates

/// One template and what it is rendered with, made of the seed and the number of the case alone.
struct FuzzCase {
    let source: String
    let variables: TemplateVariables

    /// - Parameter templates: of real models, to change at random.
    init(seed: UInt64, number: UInt64, templates: [String]) {
        var random = SplitMix(seed &* 0x1_0000_0001 &+ number)
        _ = random.next()
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2 where !templates.isEmpty: self.source = Self.mutated(random.pick(templates), &random)
        case 3: self.source = Self.soup(&random)
        case 4:
            var generator = TemplateGenerator(random: random)
            let source = generator.template()
            random = generator.random
            self.source = Self.mutated(source, &random)
        default:
            var generator = TemplateGenerator(random: random)
            self.source = generator.template()
            random = generator.random
        }
        self.variables = [
            "messages": [
                ["role": "system", "content": "Be brief."], ["role": "user", "content": "héllo <b>"],
                ["role": "assistant", "content": nil, "tool_calls": [["function": ["name": "f", "arguments": ["a": [1, 2.5, nil]]]]]],
                ["role": "tool", "content": [["type": "text", "text": "x"]]],
                ["role": "user", "content": .string(String(repeating: "word ", count: 50))],
            ],
            "tools": random.chance(50) ? nil : [["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]],
            "add_generation_prompt": .boolean(random.chance(50)), "bos_token": "<s>", "eos_token": "</s>", "x": "text", "y": [3, 1, 2],
            "m": ["a": 1, "b": [1, ["c": nil]]],
        ]
    }

    private static func soup(_ random: inout SplitMix) -> String {
        (0..<Int.random(in: 1...60, using: &random)).map { _ in random.pick(Words.pieces) }.joined(separator: random.pick(["", " "]))
    }

    /// Some characters are removed, doubled, moved or replaced by pieces that mean something.
    private static func mutated(_ source: String, _ random: inout SplitMix) -> String {
        var scalars = Array(source.unicodeScalars)
        for _ in 0..<Int.random(in: 1...6, using: &random) where !scalars.isEmpty {
            let start = Int.random(in: 0..<scalars.count, using: &random)
            let end = min(scalars.count, start + Int.random(in: 1...random.pick([2, 10, 100]), using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: scalars.removeSubrange(start..<end)
            case 1: scalars.insert(contentsOf: scalars[start..<end], at: start)
            case 2: scalars.insert(contentsOf: Array(scalars[start..<end]), at: Int.random(in: 0..<scalars.count, using: &random))
            case 3: scalars.insert(contentsOf: random.pick(Words.pieces).unicodeScalars, at: start)
            default: scalars.replaceSubrange(start..<end, with: random.pick(Words.constants).unicodeScalars)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Parses and renders it; errors are what is expected.
    func run() {
        let limits = TemplateLimits(maxOutput: 1 << 20, maxSteps: 200_000)
        let now = TemplateDate(year: 2026, month: 1, day: 15, hour: 12)
        _ = try? ChatTemplate(self.source, limits: limits).render(self.variables, now: now)
    }
}
