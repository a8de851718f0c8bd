#if MULLAMA_TSAN
import Foundation

/// `Synchronization.Mutex` for the thread sanitizer, which watches the locks of pthread and does not see those of `Synchronization`: every
/// value behind one of them would be reported as a race.
///
/// Sendable by hand: `value` is only touched between the lock and the unlock, as with the original.
package struct SanitizedMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    package init(_ value: consuming sending Value) {
        self.lock = .allocate(capacity: 1)
        self.lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(self.lock, nil)
        self.value = .allocate(capacity: 1)
        self.value.initialize(to: value)
    }

    deinit {
        self.value.deinitialize(count: 1)
        self.value.deallocate()
        pthread_mutex_destroy(self.lock)
        self.lock.deallocate()
    }

    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(self.lock)
        defer { pthread_mutex_unlock(self.lock) }
        return try body(&self.value.pointee)
    }
}

/// Goes before the imported one wherever this module writes `Mutex`.
typealias Mutex = SanitizedMutex
#endif
