/// How likely a model found a token in its place, and what else it found likely there.
///
/// The figures are of the model's own distribution: the natural logarithm of the softmax of all its scores, as they were before penalties,
/// biases, a grammar, the temperature and the other sampling options.
public struct TokenLogprob: Sendable, Hashable {
    /// A token that could have stood in the place.
    public struct Alternative: Sendable, Hashable {
        public var token: Token
        public var bytes: [UInt8]
        public var logprob: Double

        public init(token: Token, bytes: [UInt8], logprob: Double) {
            self.token = token
            self.bytes = bytes
            self.logprob = logprob
        }
    }

    public var token: Token
    /// The token's own text, which may be a part of a character; of a control token its name.
    public var bytes: [UInt8]
    /// Natural logarithm of the probability, 0 at most; minus infinity for a token that the model rules out.
    public var logprob: Double
    /// The most likely tokens of the place, as many as were asked for, the most likely first. The token itself need not be among them.
    public var top: [Alternative]
    /// Whether the answer's text has it: control tokens are not in it.
    public var isShown: Bool

    public init(token: Token, bytes: [UInt8], logprob: Double, top: [Alternative] = [], isShown: Bool = true) {
        self.token = token
        self.bytes = bytes
        self.logprob = logprob
        self.top = top
        self.isShown = isShown
    }
}
