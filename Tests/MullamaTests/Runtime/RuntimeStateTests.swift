import Testing

@testable import Mullama

@Suite("The life of a runtime, as a value")
struct RuntimeStateTests {
    private typealias State = RuntimeState<String, String>

    /// `#expect` calls nothing that mutates a value; this is the state behind a reference.
    private final class Machine {
        private(set) var state: State

        init(threads: Int = 2) {
            self.state = State(threads: threads)
        }

        func begin(_ name: String?) -> UInt64? { self.state.begin(name: name, priority: .medium, at: .zero) }
        func attach(_ handle: String, to id: UInt64) -> Bool { self.state.attach(handle, to: id) }
        func end(_ id: UInt64, _ outcome: State.Outcome) -> [State.Action] { self.state.end(id, outcome) }
        func shutDown(calledFrom ids: [UInt64] = []) -> [State.Action] { self.state.shutDown(calledFrom: ids) }
        func endGrace() -> [State.Action] { self.state.endGrace() }
        func wait(_ waiter: String) -> Bool { self.state.wait(waiter) }
        func threadEnded() -> [State.Action] { self.state.threadEnded() }
    }

    /// A machine in which tasks run whose handles are their names.
    private func running(_ names: String...) throws -> (Machine, [UInt64]) {
        let machine = Machine()
        var ids: [UInt64] = []
        for name in names {
            let id = try #require(machine.begin(name))
            #expect(!machine.attach(name, to: id))
            ids.append(id)
        }
        return (machine, ids)
    }

    @Test("An idle runtime ends its threads at once, stops with the last of them, and wakes all who wait")
    func idle() {
        let machine = Machine()
        #expect(machine.shutDown() == [.endThreads])
        #expect(machine.state.phase == .ending)
        #expect(machine.wait("a"))
        #expect(machine.shutDown() == [])
        #expect(machine.wait("b"))
        #expect(machine.threadEnded() == [])
        #expect(machine.threadEnded() == [.resume(["a", "b"])])
        #expect(machine.state.phase == .stopped)
        #expect(!machine.wait("c"))
        #expect(machine.shutDown() == [])
        #expect(machine.endGrace() == [])
    }

    @Test("Draining refuses new tasks and waits for all that run")
    func draining() throws {
        let (machine, ids) = try self.running("a", "b")
        #expect(machine.shutDown() == [])
        #expect(machine.state.phase == .draining)
        #expect(machine.begin("late") == nil)
        #expect(machine.end(ids[0], .completed) == [])
        #expect(machine.end(ids[1], .failed) == [.endThreads])
        #expect(machine.state.started == 2 && machine.state.completed == 1 && machine.state.failed == 1 && machine.state.cancelled == 0)
        #expect(machine.endGrace() == [])
    }

    @Test("At the end of the grace those that still run are cancelled, once, and waited for")
    func cancelling() throws {
        let (machine, ids) = try self.running("a", "b", "c")
        #expect(machine.shutDown() == [])
        #expect(machine.end(ids[1], .completed) == [])
        #expect(machine.endGrace() == [.cancel(["a", "c"])])
        #expect(machine.state.phase == .cancelling)
        #expect(machine.endGrace() == [])
        #expect(machine.end(ids[2], .cancelled) == [])
        #expect(machine.end(ids[0], .cancelled) == [.endThreads])
        #expect(machine.state.cancelled == 2)
    }

    @Test("Grace does not end before the shutdown has begun")
    func noGraceYet() throws {
        let (machine, _) = try self.running("a")
        #expect(machine.endGrace() == [])
        #expect(machine.state.phase == .running)
    }

    @Test("A task that gets its handle after the cancel is cancelled then, and one that has ended already is not")
    func lateHandle() throws {
        let machine = Machine()
        let id = try #require(machine.begin(nil))
        let ended = try #require(machine.begin(nil))
        #expect(machine.shutDown() == [])
        #expect(machine.endGrace() == [.cancel([])])
        #expect(machine.attach("late", to: id))
        #expect(machine.end(ended, .completed) == [])
        #expect(!machine.attach("ended", to: ended))
        #expect(machine.state.live.keys.sorted() == [id])
    }

    @Test("The tasks that a shutdown is called from are neither waited for nor cancelled")
    func calledFromTask() throws {
        let (machine, ids) = try self.running("outer", "inner", "other")
        #expect(machine.shutDown(calledFrom: [ids[0], ids[1]]) == [])
        #expect(machine.endGrace() == [.cancel(["other"])])
        #expect(machine.end(ids[2], .cancelled) == [.endThreads])
        #expect(machine.state.live.count == 2)
        #expect(machine.end(ids[0], .completed) == [])
        #expect(machine.state.live.count == 1)
    }

    @Test("Two tasks that both shut down do not wait for each other")
    func calledFromTwo() throws {
        let (machine, ids) = try self.running("a", "b")
        #expect(machine.shutDown(calledFrom: [ids[0]]) == [])
        #expect(machine.shutDown(calledFrom: [ids[1]]) == [.endThreads])
    }

    @Test("A task ends once")
    func endsOnce() throws {
        let (machine, ids) = try self.running("a")
        #expect(machine.end(ids[0], .completed) == [])
        #expect(machine.end(ids[0], .failed) == [])
        #expect(machine.state.completed == 1 && machine.state.failed == 0)
    }
}
