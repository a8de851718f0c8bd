import Foundation
import InferenceCore

extension Logits {
    /// A token with the logarithm of its probability.
    typealias Ranked = (token: Token, logprob: Double)

    /// The logarithm of a token's probability, and the most likely tokens, of equals the first: the softmax of all scores, summed up in doubles.
    func logprobs(of token: Token, top count: Int) throws(RequestFault) -> (own: Double, top: [Ranked]) {
        let largest = try self.largest()
        let maximum = Double(self.score(largest))
        guard maximum.isFinite else { throw Self.notNumbers }
        let sum = self.scores.reduce(0.0) { $0 + exp(Double($1) - maximum) }
        func logprob(_ token: Token) -> Double { Double(self.score(token)) - maximum - log(sum) }
        return (logprob(token), self.highest(count).map { ($0, logprob($0)) })
    }

    /// The tokens with the highest scores, in their order.
    private func highest(_ count: Int) -> [Token] {
        guard count > 0 else { return [] }
        var highest: [(score: Float, index: Int)] = []
        for (index, score) in self.scores.enumerated() {
            if highest.count == count {
                guard let last = highest.last, score > last.score else { continue }
                highest.removeLast()
            }
            highest.insert((score, index), at: highest.firstIndex { $0.score < score } ?? highest.endIndex)
        }
        return highest.map { Token(rawValue: Int32($0.index)) }
    }
}
