import Mullama

/// A text that a request gives: as it is written, or as tokens already.
enum TextInput: Sendable, Hashable {
    case text(String)
    case tokens([Token])
}
