package import InferenceCore
package import Mullama

/// Computes no embeddings: the numbers of a text are how often each of four letters comes in it, so that a test sees at once when texts mix.
///
/// It traps when the parts of a text do not follow each other.
package final class FakeEmbedder: EmbeddingBackend {
    private let control: FakeEmbeddings
    private var counts: [Double] = []
    private var text: [Token] = []

    package init(_ control: FakeEmbeddings, wake: @escaping @Sendable () -> Void) {
        self.control = control
        control.made(wake: wake)
    }

    package func prepare(for count: Int, longest: Int) throws(RequestFault) -> EmbeddingCut? {
        precondition(longest >= count, "a text is longer than the longest")
        return try self.control.prepare(for: count)
    }

    package func compute(_ part: EmbeddingPart) throws(RequestFault) -> [Double]? {
        self.control.enter(part)
        if part.isFirst {
            self.counts = [Double](repeating: 0, count: FakeEmbeddings.width)
            self.text = []
        }
        precondition(part.position == self.text.count, "a part does not follow the one before")
        self.text += part.tokens
        if let fault = self.control.takeFault() { throw fault }
        for token in part.tokens { self.counts[Int(token.rawValue) % FakeEmbeddings.width] += 1 }
        return part.isLast ? self.control.isNumber ? self.counts : self.counts.map { _ in .nan } : nil
    }

    package func free() {
        self.control.freed()
    }
}
