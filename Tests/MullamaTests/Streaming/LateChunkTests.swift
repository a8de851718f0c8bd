import InferenceCore
import Testing

@testable import Mullama

/// What the engine hands over when nobody reads any more.
struct LateChunkTests {
    private struct NoProducer: StreamProducer {
        func cancel(_ request: RequestID, reason: FinishReason) {}
        func resume(_ request: RequestID) {}
    }

    @Test("a chunk that comes after the reader has left is not a part of what was read")
    func afterTheEnd() {
        let channel = StreamChannel(request: RequestID(1), seed: 0, producer: NoProducer())
        _ = channel.push(GenerationChunk(text: "unread", tokens: [1]))
        channel.cancel()
        let pauses = channel.push(GenerationChunk(text: "late", tokens: [2]))
        #expect(!pauses)
        #expect(channel.outcome?.text == "")
    }
}
