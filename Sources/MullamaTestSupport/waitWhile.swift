/// Waits as long as something holds, for a test that is told of its end in no other way.
///
/// - Throws: `CancellationError` once the test is out of time, so that it fails instead of waiting for ever.
nonisolated(nonsending) package func waitWhile(_ condition: @autoclosure () throws -> Bool) async throws {
    while try condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
