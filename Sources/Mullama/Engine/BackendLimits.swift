/// Sizes that the scheduler and the backend must agree on.
enum BackendLimits {
    /// The most rows of one call to the C library. More would not compute faster on a CPU, and the compute buffers grow with it.
    static let rows = 256
}
