/// Writes random templates that mostly parse.
struct TemplateGenerator {
    var random: SplitMix

    mutating func template() -> String {
        self.statements(depth: Int.random(in: 1...4, using: &self.random))
    }

    private mutating func statements(depth: Int) -> String {
        (0..<Int.random(in: 1...4, using: &self.random)).map { _ in self.statement(depth: depth) }.joined()
    }

    private mutating func tag(_ text: String) -> String {
        "{%" + self.random.pick(["", "", "-", "+"]) + " " + text + " " + self.random.pick(["", "", "-", "+"]) + "%}"
            + self.random.pick(["", "", "\n", " \n"])
    }

    private mutating func statement(depth: Int) -> String {
        guard depth > 0 else { return self.random.pick(["text", "\n", "  ", "é"]) + "{{ " + self.expression(depth: 1) + " }}" }
        let inner = self.statements(depth: depth - 1)
        switch Int.random(in: 0..<14, using: &self.random) {
        case 0:
            return self.tag("if " + self.expression(depth: 2)) + inner + self.tag("else") + self.statements(depth: depth - 1)
                + self.tag("endif")
        case 1:
            return self.tag("for m in " + self.expression(depth: 2)) + inner + self.random.pick(["", self.tag("else") + "z"])
                + self.tag("endfor")
        case 2: return self.tag("for m in " + self.expression(depth: 2) + " if " + self.expression(depth: 1)) + inner + self.tag("endfor")
        case 3:
            return self.tag("for m in " + self.expression(depth: 1) + " recursive") + inner + "{{ loop(" + self.expression(depth: 1)
                + ") }}" + self.tag("endfor")
        case 4: return self.tag("set " + self.random.pick(["x", "y", "x, y", "ns.a", "(x, (y, m))"]) + " = " + self.expression(depth: 3))
        case 5: return self.tag("set x" + self.random.pick(["", " | upper", " | replace('a', x)"])) + inner + self.tag("endset")
        case 6:
            return self.tag("macro f(x, y=" + self.expression(depth: 1) + ")") + inner + self.tag("endmacro") + "{{ f("
                + self.expression(depth: 1) + ") }}"
        case 7: return self.tag("call(x) f(" + self.expression(depth: 1) + ")") + inner + self.tag("endcall")
        case 8: return self.tag("filter " + self.random.pick(Words.filters)) + inner + self.tag("endfilter")
        case 9: return self.tag("with x = " + self.expression(depth: 2)) + inner + self.tag("endwith")
        case 10: return self.tag("generation") + inner + self.tag("endgeneration")
        case 11: return self.tag("set ns = namespace(a=" + self.expression(depth: 2) + ")")
        case 12:
            // Values that grow with every turn.
            let grown = self.random.pick([
                "[x, x]", "x ~ x", "(x,)", "{'a': x}", "x|map('string')", "x + x", "x * 9", "cycler(x, x)", self.expression(depth: 2),
            ])
            return self.tag("set ns = namespace(x=1)") + self.tag("for i in range(\(self.random.pick([3, 40, 500])))")
                + self.tag("set x = ns.x")
                + self.tag("set ns.x = " + grown) + self.tag("endfor") + self.tag("set x = ns.x") + "{{ " + self.expression(depth: 2)
                + " }}"
        default: return "{{ " + self.expression(depth: depth) + " }}"
        }
    }

    private mutating func arguments(depth: Int) -> String {
        var arguments = (0..<Int.random(in: 0...2, using: &self.random)).map { _ in self.expression(depth: depth) }
        if self.random.chance(15) { arguments.append(self.random.pick(Words.keywords) + "=" + self.expression(depth: depth)) }
        return "(" + arguments.joined(separator: ", ") + ")"
    }

    private mutating func expression(depth: Int) -> String {
        guard depth > 0 else { return self.random.chance(50) ? self.random.pick(Words.names) : self.random.pick(Words.constants) }
        let value = self.expression(depth: depth - 1)
        switch Int.random(in: 0..<14, using: &self.random) {
        case 0...2: return value + " " + self.random.pick(Words.operators) + " " + self.expression(depth: depth - 1)
        case 3...5: return value + "|" + self.random.pick(Words.filters) + (self.random.chance(50) ? self.arguments(depth: depth - 1) : "")
        case 6:
            return value + " is " + self.random.pick(["", "not "]) + self.random.pick(Words.tests)
                + (self.random.chance(30) ? self.arguments(depth: depth - 1) : "")
        case 7...8: return value + "." + self.random.pick(Words.methods) + (self.random.chance(70) ? self.arguments(depth: depth - 1) : "")
        case 9: return value + "[" + self.expression(depth: depth - 1) + "]"
        case 10:
            return value + "[" + self.random.pick(["", "1", "-2", value]) + ":" + self.random.pick(["", "3", "-1"])
                + self.random.pick(["", ":-1", ":2"]) + "]"
        case 11: return "(" + value + " if " + self.expression(depth: depth - 1) + self.random.pick(["", " else " + value]) + ")"
        case 12: return self.random.pick(["[", "("]) + value + ", " + self.expression(depth: depth - 1) + self.random.pick(["]", ")"])
        default: return self.random.pick(["not ", "-", "+", "f", "range", "dict", "namespace", "joiner"]) + "(" + value + ")"
        }
    }
}
