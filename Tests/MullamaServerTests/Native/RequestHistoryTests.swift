import Foundation
import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama
@testable import MullamaServer

@Suite("The history of requests")
struct RequestHistoryTests {
    private let load = LoadID()
    private let otherLoad = LoadID()

    private func request(_ id: String) -> LoggedRequest {
        LoggedRequest(id: id, route: "/r", keyName: nil, priority: .normal, received: .now, began: .now)
    }

    private func record(_ id: UInt64, _ reason: FinishReason = .stop, tokens: Int = 1) -> GenerationRecord {
        GenerationRecord(id: id, finishReason: reason, usage: Usage(promptTokens: 2, completionTokens: tokens), timings: Timings())
    }

    @Test("The last 1,000 that ended are remembered, the latest first, whatever the order in which they came")
    func ring() {
        var history = RequestHistory()
        let numbers = (0..<1_010).map { history.begin(self.request("\($0)")) }
        for number in numbers.reversed() { history.end(number, after: .zero) }
        #expect(history.live.isEmpty)
        #expect(history.finished.map(\.id) == (0..<1_000).map(String.init))
        #expect(history.find("1005") == nil)
        #expect(history[numbers[1_005]] == nil)
        #expect(history[numbers[999]]?.id == "999")
    }

    @Test("A request ends once")
    func ends() {
        var history = RequestHistory()
        let number = history.begin(self.request("a"))
        history.end(number, after: .seconds(1))
        history.end(number, after: .seconds(2))
        #expect(history.finished.map(\.duration) == [.seconds(1)])
    }

    @Test("A generation's end is noted at its request, also after that has ended; twice is once, and a stranger is nobody's")
    func generations() {
        var history = RequestHistory()
        let number = history.begin(self.request("a"))
        history[number]?.model = .init(name: "m", load: self.load)
        history.answers(number, with: [7, 8])
        history.ended(self.record(7, tokens: 3), of: self.load)
        history.ended(self.record(7, tokens: 5), of: self.load)
        history.ended(self.record(9), of: self.load)
        history.ended(self.record(8), of: self.otherLoad)
        #expect(history[number]?.usage.completionTokens == 3)
        history.end(number, after: .zero)
        history.ended(self.record(8, .cancelled, tokens: 4), of: self.load)
        #expect(history.finished[0].records.map(\.finishReason) == [.stop, .cancelled])
        #expect(history.finished[0].usage == Usage(promptTokens: 4, completionTokens: 7))
        #expect(history.owner(of: 8, of: self.load)?.id == "a")
        #expect(history.owner(of: 8, of: self.otherLoad) == nil)
    }

    @Test("A prompt with several answers counts once in the request's usage")
    func usage() {
        var history = RequestHistory()
        let number = history.begin(self.request("a"))
        history[number]?.model = .init(name: "m", load: self.load)
        history.answers(number, with: [1, 2, 3, 4], choices: 2)
        for generation in 1...4 { history.ended(self.record(UInt64(generation), tokens: 5), of: self.load) }
        #expect(history[number]?.usage == Usage(promptTokens: 4, completionTokens: 20))
    }

    @Test("A generation is that of the load that it is of, and of two that claim it the latest")
    func owners() {
        var history = RequestHistory()
        // As many as the ring has places and some more: then the latest does not stand at its end.
        for index in 0..<1_010 {
            let number = history.begin(self.request("\(index)"))
            history[number]?.model = .init(name: "m", load: self.load)
            history.answers(number, with: [7])
            history.end(number, after: .zero)
        }
        #expect(history.owner(of: 7, of: self.load)?.id == "1009")
        #expect(history.owner(of: 7, of: self.otherLoad) == nil)
    }

    @Test("Of two requests with one name the latest is found, and one on its way before one that has ended")
    func names() {
        var history = RequestHistory()
        let numbers = (0..<3).map { _ in history.begin(self.request("a")) }
        #expect(history.find("a") == numbers[2])
        history.end(numbers[2], after: .zero)
        #expect(history.find("a") == numbers[1])
        history.end(numbers[0], after: .zero)
        history.end(numbers[1], after: .zero)
        #expect(history.find("a") == numbers[2])
        #expect(history.find("b") == nil)
    }
}
