import Hummingbird
import NIOCore

/// A request's body whose bytes are counted as they come.
struct CountedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let share: BodyMemory.Share

    func makeAsyncIterator() -> Iterator { Iterator(base: self.base.makeAsyncIterator(), share: self.share) }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let share: BodyMemory.Share

        @concurrent
        mutating func next() async throws -> ByteBuffer? {
            guard let part = try await self.base.next() else { return nil }
            try self.share.take(part.readableBytes)
            return part
        }
    }
}
