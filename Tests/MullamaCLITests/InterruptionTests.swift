import Foundation
import Testing

@testable import MullamaCLI

struct InterruptionTests {
    @Test func `the first signal asks, the second ends`() {
        var state = InterruptionState()
        state.listen {}
        guard case .call = state.receive(SIGINT) else {
            Issue.record("the command was not asked")
            return
        }
        guard case .exit(.terminated) = state.receive(SIGTERM) else {
            Issue.record("the second signal did not end the process")
            return
        }
        #expect(state.signal == SIGINT)
    }

    @Test func `what Ctrl+C stops is not the command, however often it is pressed`() {
        var state = InterruptionState()
        state.listen {}
        state.stop {}
        for _ in 1...3 {
            guard case .stop = state.receive(SIGINT) else {
                Issue.record("the command was asked")
                return
            }
        }
        #expect(state.signal == nil)
        guard case .call = state.receive(SIGTERM) else {
            Issue.record("the command was not asked")
            return
        }
        // It is ending by now.
        guard case .exit = state.receive(SIGINT) else {
            Issue.record("the process goes on")
            return
        }
    }

    @Test func `a signal that nobody listens to ends the process`() {
        var state = InterruptionState()
        guard case .exit(.interrupted) = state.receive(SIGINT) else {
            Issue.record("the process goes on")
            return
        }
        var after = InterruptionState()
        after.listen {}
        after.listen(nil)
        guard case .exit(.terminated) = after.receive(SIGTERM) else {
            Issue.record("a command that has ended was asked")
            return
        }
    }
}
