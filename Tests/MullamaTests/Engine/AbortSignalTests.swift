import InferenceCore
import Testing

@testable import Mullama

@Suite("Breaking off a call that works for one request")
struct AbortSignalTests {
    private let abort = AbortSignal()
    private let one = RequestID(1)
    private let two = RequestID(2)

    @Test("A cancel during the call and one before it abort it; one of another request does not")
    func aborts() {
        let during = self.abort.during(self.one) {
            self.abort.cancel(self.two)
            let before = self.abort.isAborted
            self.abort.cancel(self.one)
            return (before, self.abort.isAborted)
        }
        #expect(during == (false, true))
        #expect(!self.abort.isAborted)
        #expect(self.abort.during(self.two) { self.abort.isAborted })
    }

    @Test("Once the engine has ended a request, its cancel is forgotten")
    func forgets() {
        self.abort.cancel(self.one)
        self.abort.forget(self.one)
        #expect(!self.abort.during(self.one) { self.abort.isAborted })
    }
}
