package import InferenceCore

/// How likely tokens are to a model without weights: each token has a likelihood of its own wherever it stands, and those after it follow.
package enum FakeLogprob {
    package static func of(_ token: Token, top count: Int) -> TokenLogprob {
        let own = -0.5 - Double(token.rawValue) / 1_024
        let top = (0..<count).map { index in
            let other = Token(rawValue: (token.rawValue + Int32(index)) % 257)
            return TokenLogprob.Alternative(token: other, bytes: ByteText.piece(other), logprob: own - Double(index))
        }
        return TokenLogprob(token: token, bytes: ByteText.piece(token), logprob: own, top: top, isShown: token.rawValue < 256)
    }
}
