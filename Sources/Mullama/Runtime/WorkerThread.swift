import Foundation

/// A thread of a runtime.
///
/// It is made with `pthread_create` since `Thread` of Foundation does not say when the system has no more threads to give.
final class WorkerThread: Sendable {
    // Under the key lies the thread's `WorkerThread`, which `main` keeps alive.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = pthread_key_create(&key, nil)
        precondition(failure == 0, "no thread-local storage is left (\(failure))")
        return key
    }()

    /// The one that the caller runs on; nil on any other thread.
    static var current: WorkerThread? {
        pthread_getspecific(Self.key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    private let name: String
    private let queue: JobQueue
    /// Nil once nobody holds the runtime any more. A thread must not keep its runtime alive.
    private let findRuntime: @Sendable () -> MullamaRuntime?

    /// - Parameter runtime: Finds the runtime that the thread belongs to.
    init(name: String, queue: JobQueue, runtime: @escaping @Sendable () -> MullamaRuntime?) {
        self.name = name
        self.queue = queue
        self.findRuntime = runtime
    }

    var runtime: MullamaRuntime? { self.findRuntime() }

    /// Starts the thread. It runs until its queue is closed and empty.
    func start() throws(MullamaError) {
        let retained = Unmanaged.passRetained(self)
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let failure = pthread_create(&thread, nil, { WorkerThread.main($0) }, retained.toOpaque())
        guard failure != 0 else { return }
        retained.release()
        throw MullamaError(
            .outOfMemory,
            "the system gives no thread for \(self.name): ask for fewer worker threads, or raise the limit of threads",
            underlying: Int(failure)
        )
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let thread = Unmanaged<WorkerThread>.fromOpaque(argument).takeRetainedValue()
        // Nobody joins it: who waits for its end hears of it from the runtime.
        pthread_detach(pthread_self())
        pthread_setspecific(Self.key, argument)
        Thread.current.name = thread.name
        thread.work()
        pthread_setspecific(Self.key, nil)
        return nil
    }

    private func work() {
        while let job = self.queue.pop() {
            if let runtime = self.runtime {
                // The reference of the job is unowned, and its last step may release the task that holds the runtime.
                withExtendedLifetime(runtime) { job.runSynchronously(on: runtime.asUnownedTaskExecutor()) }
            } else {
                // What an actor left in the queue may outlive the last task that holds the runtime.
                globalConcurrentExecutor.enqueue(ExecutorJob(job))
            }
        }
        self.runtime?.threadEnded()
    }

    /// A thread's name with its number, in the 15 bytes that Linux has for it.
    static func name(_ base: String, _ index: Int) -> String {
        let number = "-\(index)"
        var base = base
        while base.utf8.count + number.utf8.count > 15 { base.removeLast() }
        return base + number
    }
}
