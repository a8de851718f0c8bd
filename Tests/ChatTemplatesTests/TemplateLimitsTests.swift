import ChatTemplates
import Foundation
import Testing

@Suite("Limits of templates")
struct TemplateLimitsTests {
    /// Renders on a thread with a stack of 512 KB, as secondary threads of macOS have.
    private static func error(of source: String) async -> TemplateError? {
        await Self.onSmallStack { Rendering.error(of: source) }
    }

    private static func onSmallStack<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }

    private static func nested(_ open: String, _ middle: String, _ close: String) -> String {
        String(repeating: open, count: 3_000) + middle + String(repeating: close, count: 3_000)
    }

    @Test(
        "what nests too deep in the text ends with an error",
        arguments: [
            ("(", ")"), ("[", "]"), ("{'a':", "}"), ("not ", ""), ("-", ""), ("x[", "]"), ("f(", ")"), ("1 if x else ", ""),
            ("x|default(", ")"), ("x is eq(", ")"), ("1 + ", ""), ("x.", "a"),
        ]
    )
    func deepExpressions(open: String, close: String) async {
        #expect(await Self.error(of: "{{ " + Self.nested(open, "1", close) + " }}")?.code == .limit)
    }

    @Test(
        "blocks that nest too deep end with an error",
        arguments: ["if x", "for i in l", "set q", "filter upper", "with", "generation", "macro m()"]
    )
    func deepBlocks(tag: String) async {
        let name = tag.split(separator: " ")[0]
        #expect(await Self.error(of: Self.nested("{% \(tag) %}", "y", "{% end\(name) %}"))?.code == .limit)
    }

    @Test(
        "recursion without end ends with an error",
        arguments: [
            "{{ f() }}", "{% if true %}{{ f() }}{% endif %}", "{% for i in [1] if f() %}{% endfor %}", "{% set x %}{{ f() }}{% endset %}",
            "{% filter upper %}{{ f() }}{% endfilter %}", "{% call f() %}x{% endcall %}{{ caller() }}", "{{ [f()] }}", "{{ f(f()) }}",
            "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}", "{% generation %}{{ f() }}{% endgeneration %}",
        ]
    )
    func recursion(body: String) async {
        #expect(await Self.error(of: "{% macro f() %}" + body + "{% endmacro %}{{ f() }}")?.code == .limit)
    }

    @Test(
        "values that hold each other too deep end with an error",
        arguments: [
            "[ns.x]", "(ns.x,)", "{'a': ns.x}", "ns.x|map('string')", "ns.x|select", "cycler(ns.x)", "joiner(ns.x)", "[ns.x]|groupby(0)",
        ]
    )
    func deepValues(value: String) async {
        let source = "{% set ns = namespace(x=[1]) %}{% for i in range(5000) %}{% set ns.x = " + value + " %}{% endfor %}{{ ns.x }}"
        #expect(await Self.error(of: source)?.code == .limit)
    }

    @Test("a long chain of macros and loops that hold each other comes apart without end of the stack")
    func longChains() async {
        let macros = "{% macro mk(y) %}{% macro inner() %}{{ y }}{% endmacro %}{% set ns.m = inner %}{% endmacro %}"
        let loops = "{% macro mk(y) %}{% for x in [1] if true %}{% set ns.m = loop %}{% endfor %}{% endmacro %}"
        for chain in [macros, loops] {
            let error = await Self.error(
                of: "{% set ns = namespace(m=0) %}" + chain + "{% for i in range(20000) %}{{ mk(ns.m) }}{% endfor %}"
            )
            #expect(error == nil, "\(String(describing: error))")
        }
    }

    @Test(
        "what would take too much memory or time ends with an error",
        arguments: [
            "{{ 'a' * 100000000000 }}", "{{ [1] * 1000000000 }}", "{{ '%1000000000d' % 1 }}", "{{ '%.1000000000f' % 1 }}",
            "{{ '{:1000000000}'.format(1) }}", "{{ 'a'|center(10000000000) }}", "{{ 'a\nb'|indent(10000000000) }}",
            "{{ [[1]]|tojson(indent=10000000000) }}", "{{ [1]|batch(10000000000, 1)|list }}", "{{ [1]|slice(10000000000)|list }}",
            "{{ range(10**12) }}", "{{ ('a'*1000000).replace('', 'b'*1000) }}", "{{ 'a'.zfill(99999999999) }}",
            "{{ '%*d' % (99999999999, 1) }}", "{{ '\t'.expandtabs(99999999999) }}",
            "{% set ns = namespace(x='a') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        ]
    )
    func tooMuch(source: String) {
        #expect(Rendering.error(of: source)?.code == .limit)
    }

    /// Values that hold another twice, which holds another twice, and so on: small, but going through them has no end.
    @Test(
        "values that lie in others many times over are not gone through without end",
        arguments: ["(ns.x, ns.x)", "{'a': ns.x, 'b': ns.x.items()}"],
        [
            "{{ x }}", "{{ x|tojson }}", "{{ {x: 1} }}", "{{ x == y }}", "{{ x < y }}", "{{ x.items() == y.items() }}",
            "{{ [x]|unique|list }}",
            "{{ y in [x] }}", "{{ [x].index(y) }}", "{{ {'a': 1}[(x,)] }}", "{{ {'a': 1}.get(x) }}", "{{ [x, y]|sort }}",
            "{% for i in l %}{{ loop.changed(x) }}{{ loop.changed(y) }}{% endfor %}", "{{ '%s' % [x] }}", "{{ x|urlencode }}",
        ]
    )
    func sharedValues(value: String, use: String) throws {
        let grown = "{% set ns.x = \(value) %}{% set ns.y = \(value.replacingOccurrences(of: "ns.x", with: "ns.y")) %}"
        let start = value.hasPrefix("(") ? "(1,)" : "{}"
        let source =
            "{% set ns = namespace(x=\(start), y=\(start)) %}{% for i in range(60) %}\(grown)"
            + "{% endfor %}{% set x = ns.x %}{% set y = ns.y %}" + use
        let limits = TemplateLimits(maxOutput: 1 << 16, maxSteps: 100_000)
        // It ends; most uses of it with an error, those that need not look inside without.
        if let error = Rendering.error(of: source, limits: limits) {
            #expect([.limit, .type, .undefined].contains(error.code), "\(error)")
        }
    }

    /// What goes through a deep value needs stack of its own, however much of it is in use already.
    @Test(
        "a deep value at the end of deep recursion ends with an error",
        arguments: ["[ns.x]", "(ns.x,)", "{'a': ns.x}", "ns.x|map('string')"],
        [
            "{{ x }}", "{{ x|tojson }}", "{{ x|tojson(indent=1) }}", "{{ x == y }}", "{{ x < y }}", "{{ [x, y]|unique|list }}",
            "{{ x|list }}",
        ]
    )
    func deepValueDeepStack(value: String, use: String) async {
        let grown = "{% for i in range(155) %}{% set ns.y = ns.x %}{% set ns.x = \(value) %}{% endfor %}"
        let macro = "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{% else %}\(use){% endif %}{% endmacro %}"
        for depth in stride(from: 1, through: 50, by: 7) {
            let source = "{% set ns = namespace(x=1, y=1) %}\(grown)" + "{% set x = ns.x %}{% set y = ns.y %}\(macro){{ f(\(depth)) }}"
            let error = await Self.error(of: source)
            #expect([nil, .limit, .type].contains(error?.code), "\(String(describing: error))")
        }
    }

    @Test("values of the caller's that nest deep are read and come apart on a small stack", arguments: [100, 127, 128, 5_000])
    func deepJSON(depth: Int) async {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let code: TemplateError.Code? = await Self.onSmallStack {
            do throws(TemplateError) {
                let value = try TemplateValue(json: text)
                _ = try ChatTemplate("{{ x }}{{ x|tojson(indent=2) }}{{ x == x }}").render(["x": value], now: Rendering.now)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code == (depth > 128 ? .invalidInput : nil))
    }

    @Test("ranges at the ends of 64 bits are counted exactly")
    func ranges() throws {
        let maximum = Int.max
        #expect(try Rendering.render("{{ range(-\(maximum), \(maximum), \(maximum))|list }}") == "[-\(maximum), 0]")
        #expect(try Rendering.render("{{ range(\(maximum), -\(maximum), -\(maximum))|list }}") == "[\(maximum), 0]")
        #expect(try Rendering.render("{{ range(\(maximum), 0)|list }}{{ range(0, 0)|list }}") == "[][]")
        #expect(try Rendering.render("{{ range(0, 10, 3)[::-1]|list }}{{ range(10)[2:8:3]|list }}") == "[9, 6, 3, 0][2, 5]")
        #expect(try Rendering.render("{{ range(0, 10, 2)[::\(maximum)]|list }}{{ range(0, 10, 2)[::-\(maximum)]|list }}") == "[0][8]")
        #expect(Rendering.error(of: "{{ range(-\(maximum), \(maximum), \(maximum))[::-1] }}")?.code == .value)
        #expect(Rendering.error(of: "{{ range(-\(maximum), \(maximum)) }}")?.code == .limit)
    }

    @Test("steps, output and the length of the text are bounded as asked")
    func bounds() throws {
        let loop = "{% for i in range(100) %}{% for j in range(100) %}x{% endfor %}{% endfor %}"
        #expect(try Rendering.render(loop).utf8.count == 10_000)
        #expect(Rendering.error(of: loop, limits: TemplateLimits(maxSteps: 5_000))?.code == .limit)
        #expect(Rendering.error(of: loop, limits: TemplateLimits(maxOutput: 9_999))?.code == .limit)
        #expect(try Rendering.render(loop, limits: TemplateLimits(maxOutput: 10_000)).utf8.count == 10_000)
        #expect(Rendering.error(of: loop, limits: TemplateLimits(maxSource: 10))?.code == .limit)
    }
}
