import Foundation
import Synchronization

/// Lets the process end while the C library computes. At exit, what C++ keeps for the whole process is destroyed, and a thread that is still
/// computing with it would end the process with a fault instead of its status.
///
/// So calls that compute are counted. When the process ends they are broken off, as a cancel breaks one off, and waited for; what would begin or go
/// on after that does not.
enum ExitGuard {
    private struct State {
        var isOver = false
        var running = 0
        /// How often calls have asked for the guard.
        var registrations = 0
    }

    /// How long the end of the process waits at most, in milliseconds: a call that cannot be broken off may be making a large cache.
    private static let patience = 3_000
    /// What the C library makes on its first uses is destroyed before what was registered earlier: the guard is registered behind each of them.
    private static let firstUses = 32

    private static let state = Mutex(State())
    private static let flag = Atomic(false)

    /// Whether the process is about to end.
    static var isEnding: Bool { self.flag.load(ordering: .relaxed) }

    /// Runs a call that computes. It never returns if the process ends meanwhile. Calls do not nest.
    static func computing<R>(_ body: () -> R) -> R {
        let mayBegin = self.state.withLock { state in
            state.running += state.isOver ? 0 : 1
            return !state.isOver
        }
        if !mayBegin { self.sleepForever() }
        self.register()
        let result = body()
        self.register()
        let mayGoOn = self.state.withLock { state in
            state.running -= 1
            return !state.isOver
        }
        if !mayGoOn { self.sleepForever() }
        return result
    }

    /// Has the guard stand before what the C library has made so far. For calls that take long; others do it when they begin and end.
    static func register() {
        let isNew = self.state.withLock { state in
            state.registrations += 1
            return state.registrations <= Self.firstUses
        }
        if isNew { atexit { ExitGuard.end() } }
    }

    private static func end() {
        self.flag.store(true, ordering: .relaxed)
        self.state.withLock { $0.isOver = true }
        var waited = 0
        while waited < self.patience, self.state.withLock({ $0.running > 0 }) {
            usleep(1_000)
            waited += 1
        }
    }

    /// Nobody waits for a thread of a process that ends.
    private static func sleepForever() -> Never {
        while true { Thread.sleep(forTimeInterval: 60) }
    }
}
