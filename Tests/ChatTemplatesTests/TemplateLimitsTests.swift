import ChatTemplates
import Foundation
import Testing

@Suite("Limits of templates")
struct TemplateLimitsTests {
    /// Renders on a thread with a stack of 512 KB, as secondary threads of macOS have.
    private static func error(of source: String) async -> TemplateError? {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: Rendering.error(of: source)) }
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
            "{% filter upper %}{{ f() }}{% endfilter %}", "{% call f() %}{{ f() }}{% endcall %}", "{{ [f()] }}", "{{ f(f()) }}",
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
            "{% set ns = namespace(x=(1,)) %}{% for i in range(100) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
            "{% set ns = namespace(x=(1,)) %}{% for i in range(100) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ ns.x|tojson }}",
        ]
    )
    func tooMuch(source: String) {
        #expect(Rendering.error(of: source)?.code == .limit)
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
