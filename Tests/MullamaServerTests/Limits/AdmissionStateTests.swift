import Foundation
import HTTPTypes
import Testing

@testable import MullamaServer

@Suite("Admission")
struct AdmissionStateTests {
    private let model = ModelKey(path: "/a")
    private let other = ModelKey(path: "/b")

    private func state(parallel: Int = 2, queue: Int = 3, total: Int? = nil, perKey: Int? = nil) -> AdmissionState {
        AdmissionState(limits: AdmissionLimits(parallel: parallel, queue: queue, total: total, perKey: perKey))
    }

    @Test("As many answers of a model as run and may wait, and no more; another model has room of its own")
    func queue() {
        var state = self.state()
        #expect(state.begin(self.model, answers: 4, key: nil, now: .zero) == nil)
        let full = AdmissionState.Refusal.queueFull(running: 2, waiting: 2, limit: 3, wait: nil)
        #expect(state.begin(self.model, answers: 2, key: nil, now: .zero) == full)
        #expect(state.begin(self.model, answers: 1, key: nil, now: .zero) == nil)
        #expect(state.begin(self.other, answers: 5, key: nil, now: .zero) == nil)
        state.end(self.model, answers: 4, key: nil, now: .zero)
        #expect(state.begin(self.model, answers: 4, key: nil, now: .zero) == nil)
        #expect(state.total == 10)
        #expect(state.answers(of: self.model) == 5)
    }

    @Test("A queue of none lets run what has a slot")
    func noQueue() {
        var state = self.state(parallel: 1, queue: 0)
        #expect(state.begin(self.model, answers: 1, key: nil, now: .zero) == nil)
        #expect(state.begin(self.model, answers: 1, key: nil, now: .zero) == .queueFull(running: 1, waiting: 0, limit: 0, wait: nil))
    }

    @Test("How long it takes until there is room follows from how answers ended while others waited")
    func wait() {
        var state = self.state(parallel: 1, queue: 2)
        for _ in 0..<3 { #expect(state.begin(self.model, answers: 1, key: nil, now: .seconds(10)) == nil) }
        state.end(self.model, answers: 1, key: nil, now: .seconds(14))
        #expect(state.begin(self.model, answers: 1, key: nil, now: .seconds(14)) == nil)
        let full = AdmissionState.Refusal.queueFull(running: 1, waiting: 2, limit: 2, wait: .seconds(12))
        #expect(state.begin(self.model, answers: 1, key: nil, now: .seconds(14)) == full)
        // Nobody waits for a while, which tells nothing.
        for _ in 0..<3 { state.end(self.model, answers: 1, key: nil, now: .seconds(18)) }
        for _ in 0..<3 { #expect(state.begin(self.model, answers: 1, key: nil, now: .seconds(100)) == nil) }
        guard case .queueFull(_, _, _, let wait?) = state.begin(self.model, answers: 1, key: nil, now: .seconds(100)) else {
            Issue.record("it was admitted, or no time is known")
            return
        }
        #expect(wait < .seconds(12))
    }

    @Test("All together, and each key, have limits of their own")
    func concurrency() {
        var state = self.state(total: 4, perKey: 2)
        #expect(state.begin(self.model, answers: 2, key: "a", now: .zero) == nil)
        #expect(state.begin(self.other, answers: 1, key: "a", now: .zero) == .key(name: "a", count: 2, limit: 2))
        #expect(state.begin(self.other, answers: 2, key: "b", now: .zero) == nil)
        #expect(state.begin(self.other, answers: 1, key: nil, now: .zero) == .total(count: 4, limit: 4))
        state.end(self.model, answers: 2, key: "a", now: .zero)
        #expect(state.begin(self.model, answers: 1, key: "a", now: .zero) == nil)
    }

    @Test("A request that could never be admitted is told so")
    func tooMany() {
        var state = self.state(perKey: 4)
        #expect(state.begin(self.model, answers: 6, key: nil, now: .zero) == .tooMany(answers: 6, limit: 5))
        #expect(state.begin(self.model, answers: 5, key: "a", now: .zero) == .tooMany(answers: 5, limit: 4))
        #expect(state.total == 0)
    }

    @Test("Nothing begins any more while the server shuts down, and what runs may end")
    func draining() {
        var state = self.state()
        #expect(state.begin(self.model, answers: 1, key: "a", now: .zero) == nil)
        state.drain()
        #expect(state.begin(self.model, answers: 1, key: "a", now: .zero) == .draining)
        state.end(self.model, answers: 1, key: "a", now: .zero)
        #expect(state.total == 0)
    }

    @Test("A place is given away once")
    func ticket() throws {
        let admission = Admission(AdmissionLimits(parallel: 1, queue: 0))
        let model = ModelReference(name: "a", url: .init(filePath: "/a"))
        let place = try admission.admit(model, answers: 1, key: nil)
        let refusal = #expect(throws: APIError.self) { try admission.admit(model, answers: 1, key: nil) }
        #expect(refusal?.status == .tooManyRequests)
        #expect(refusal?.headers[.retryAfter] == "1")
        #expect(refusal?.message == "a has 1 answer running and 0 waiting, and no more than 0 may wait: come again in a moment")
        place.end()
        place.end()
        #expect(admission.total == 0)
    }
}
