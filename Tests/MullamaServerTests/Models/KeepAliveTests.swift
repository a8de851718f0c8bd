import Mullama
import Testing

@testable import MullamaServer

@Suite struct KeepAliveTests {
    @Test(arguments: [
        ("300", Duration.seconds(300)), ("0", .zero), ("-0", .zero), ("0s", .zero), ("1.5", .milliseconds(1500)), ("5m", .seconds(300)),
        ("1h30m", .seconds(5400)), ("1h30m10s", .seconds(5410)), ("300ms", .milliseconds(300)), ("1.5h", .seconds(5400)),
        (".5s", .milliseconds(500)), ("2.s", .seconds(2)), ("+5s", .seconds(5)), ("10us", .microseconds(10)), ("10µs", .microseconds(10)),
        ("10μs", .microseconds(10)), ("10ns", .nanoseconds(10)), ("24h", .seconds(86_400)),
    ])
    func readsDurations(text: String, expected: Duration) throws {
        guard case .duration(let duration) = try KeepAlive(parsing: text) else {
            Issue.record("\(text) is for ever")
            return
        }
        #expect(abs((duration - expected) / .nanoseconds(1)) < 1)
    }

    @Test(arguments: [
        "-1", "-1m", "-300", "-0.5s", "99999999999h", "1e3h".replacing("e3", with: "000000"), String(repeating: "9", count: 400),
    ])
    func readsForEver(text: String) throws {
        #expect(try KeepAlive(parsing: text) == .forever)
    }

    @Test(arguments: [
        "", " ", "-", "+", "m", "5 m", "5x", "m5", "5m3", "1..5", "1.5.s", ".", ".s", "nan", "inf", "0x1p3", "1e3", "--5", "5m-3s", "५m",
        "5мин",
    ])
    func refusesTheRest(text: String) {
        let error = #expect(throws: MullamaError.self) { try KeepAlive(parsing: text) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("5m") == true)
    }

    @Test func secondsAreTakenAsTheyAre() {
        #expect(KeepAlive(seconds: 0) == .duration(.zero))
        #expect(KeepAlive(seconds: 0.25) == .duration(.milliseconds(250)))
        for seconds in [-1, -0.001, .infinity, -.infinity, .nan, 1e300] { #expect(KeepAlive(seconds: seconds) == .forever) }
    }

    @Test(arguments: ["300s", "-1", "0s", "0.25s"])
    func printsWhatItReads(text: String) throws {
        #expect(try KeepAlive(parsing: text).description == text)
    }
}
