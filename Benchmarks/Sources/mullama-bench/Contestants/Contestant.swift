/// Who can be given a load: our library or a server.
protocol Contestant: Sendable {
    var side: Side { get }

    /// Streams a greedy answer of exactly so many tokens. Cancelling the task leaves, as a client does that hangs up.
    ///
    /// - Parameter onPart: Called as each part comes.
    func stream(_ prompt: String, tokens: Int, onPart: @escaping @Sendable (_ text: String, _ tokens: Int) -> Void) async throws

    /// Waits until it computes nothing.
    func settle() async throws

    func stop() async
}
