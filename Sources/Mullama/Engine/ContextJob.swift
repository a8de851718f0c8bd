/// Something that happens to a context between two of its calls, such as saving it.
package struct ContextJob: Sendable {
    /// Called on the engine's thread in the job's turn. The context's later calls wait until the engine is told that the job has ended.
    let run: @Sendable (isolated InferenceEngine) -> Void
    /// Called instead when the engine has ended.
    let refuse: @Sendable () -> Void
}
