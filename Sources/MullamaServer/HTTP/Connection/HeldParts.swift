import NIOCore
import NIOHTTP1

/// What came of requests behind the one that is being answered. Its answer may end the connection, and then they must not have begun.
struct HeldParts {
    enum Element {
        case part(HTTPServerRequestPart)
        case failure(ConnectionProblem)
        /// The client sends no more.
        case end

        var isHead: Bool { if case .part(.head) = self { true } else { false } }
    }

    private var elements = CircularBuffer<Element>()

    var isEmpty: Bool { self.elements.isEmpty }

    mutating func append(_ element: Element) { self.elements.append(element) }

    mutating func removeAll() { self.elements.removeAll() }

    /// The next request, as far as it is there, and what follows it if that is no request.
    mutating func takeNext() -> [Element] {
        var next: [Element] = []
        while let element = self.elements.first, next.isEmpty || !element.isHead { next.append(self.elements.removeFirst()) }
        return next
    }
}
