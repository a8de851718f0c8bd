import HTTPTypes
import Hummingbird

/// Counts what is written of an answer.
struct MeteredWriter: ResponseBodyWriter {
    var base: any ResponseBodyWriter
    let answer: AnswerInFlight

    @concurrent
    mutating func write(_ buffer: ByteBuffer) async throws {
        try await self.base.write(buffer)
        self.answer.sent(bytes: buffer.readableBytes)
    }

    @concurrent
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await self.base.finish(trailingHeaders)
    }
}
