import Foundation
import Testing

@testable import MullamaServer

@Suite("Dates in heads")
struct HTTPDateTests {
    @Test("As the standard has them")
    func text() {
        #expect(HTTPDate.text(of: .init(timeIntervalSince1970: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(of: .init(timeIntervalSince1970: 1_700_000_000.9)) == "Tue, 14 Nov 2023 22:13:20 GMT")
    }
}
