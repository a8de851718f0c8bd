import Foundation

/// Holds a thread until it is let pass.
package final class StepGate: @unchecked Sendable {
    // Sendable by hand: all state is touched under `condition` only.
    private let condition = NSCondition()
    private var passes = 0
    private var isOpen = false

    package init() {}

    package func pass() {
        self.condition.lock()
        defer { self.condition.unlock() }
        while !self.isOpen, self.passes == 0 { self.condition.wait() }
        if !self.isOpen { self.passes -= 1 }
    }

    /// - Parameter count: How many may pass; nil for all, for good.
    package func open(_ count: Int?) {
        self.condition.lock()
        defer { self.condition.unlock() }
        if let count { self.passes += count } else { self.isOpen = true }
        self.condition.broadcast()
    }
}
