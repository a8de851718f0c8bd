import InferenceCore

/// Hands a C context from one thread to another.
///
/// Sendable by hand: whoever puts the context in or takes it out is the only one who has it, and the handing over is ordered by a lock or by
/// the start of a thread.
final class ContextBox<Context: ~Copyable>: @unchecked Sendable {
    private var context: Context?

    init(_ context: consuming Context?) {
        self.context = consume context
    }

    func take() -> Context? { self.context.take() }

    /// Frees the context on a thread of its own: giving back a gigabyte takes a tenth of a second.
    func free() {
        InferenceThread.runOnce(name: "mullama-free") { _ = self.take() }
    }
}
