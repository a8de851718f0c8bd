import Foundation
import Testing

@testable import MullamaCLI

struct ReportTests {
    @Test func `columns are as wide as their widest cell`() {
        let table = TextTable(header: ["NAME", "SIZE"], rows: [["é", "1 GB"], ["longer", "10 MB"]], alignments: [.left, .right])
        #expect(table.text == "NAME     SIZE\né        1 GB\nlonger  10 MB\n")
    }

    @Test func `cells cannot break the table, and lines end with their text`() {
        #expect(TextTable(rows: [["a\nb", "c\u{1B}"], ["d"], ["", ""]]).lines == ["a b  c\u{FFFD}", "d", ""])
        #expect(TextTable(rows: []).text.isEmpty)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1K"), (134_515_008, "135M"), (999_499_999, "999M"), (999_600_000, "1B"), (1_235_814_400, "1.2B"),
        (8_030_261_248, "8B"), (9_960_000_000, "10B"), (70_553_706_496, "71B"), (1_700_000, "1.7M"),
    ])
    func `parameters`(_ count: Int, _ text: String) {
        #expect(Quantity.parameters(count) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (49152, "49,152"), (134_515_008, "134,515,008"), (-1234, "-1,234")])
    func `grouped digits`(_ number: Int, _ text: String) {
        #expect(Quantity.grouped(number) == text)
    }

    @Test func `days and seconds`() {
        #expect(Quantity.day(Date(timeIntervalSince1970: 86399)) == "1970-01-01")
        #expect(Quantity.seconds(.milliseconds(1234)) == "1.234 s")
    }

    @Test(arguments: [(0, 0), (1, 1), (100, 100), (255, 255), (256, 256), (1000, 256)])
    func `the largest number that fits`(_ capacity: Int, _ expected: Int) {
        #expect(MemoryPlan.largest(upTo: 256) { $0 <= capacity } == expected)
    }

    @Test func `the version names all that is used`() {
        #expect(Version.line(llama: "1.2", features: ["AVX2", "FMA"]) == "mullama \(Version.current) (llama.cpp 1.2; CPU: AVX2 FMA)")
        #expect(Version.line(llama: "1.2", features: []) == "mullama \(Version.current) (llama.cpp 1.2)")
    }
}
