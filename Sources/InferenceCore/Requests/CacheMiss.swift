/// Why tokens of a prompt had to be computed that whole blocks of another prompt might have spared.
public enum CacheMiss: Sendable, Hashable, Codable {
    /// The prompt has no whole block before its end, which is always computed.
    case tooShort
    /// Nothing that is there begins alike.
    case nothingAlike
    /// What is there begins alike up to this token of the prompt; from there on it is another.
    case differs(at: Int)
    /// So many tokens stand in the cache, but the model's state cannot be cut back to them, and was not saved there.
    case cannotRollBack(Int)
    /// So many tokens were computed for a context that shares nothing, or this one shares nothing.
    case isolated(Int)
    /// A prompt that began alike had been computed and had to make room.
    case evicted
    /// It was asked how likely each token of the prompt is, which only computing it tells.
    case scored
    /// What was there could not be put into the request's slot.
    case lost
}

extension CacheMiss: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooShort: "the prompt is too short to share a block of its tokens"
        case .nothingAlike: "nothing that is there begins alike"
        case .differs(let position): "what is there differs at token \(position)"
        case .cannotRollBack(let count): "\(count) tokens are there, and the model's state cannot be rolled back to them"
        case .isolated(let count): "\(count) tokens are there, and contexts that are strict share nothing"
        case .evicted: "what began alike had to make room"
        case .scored: "the prompt's log probabilities were asked for, and computing it tells them"
        case .lost: "what was there could not be copied"
        }
    }
}
