/// The variables of a function that is running, or of one that a macro made in it still needs.
final class Activation {
    var slots: [Value?]
    let parent: Activation?
    /// Whether a macro holds on to it. It may hold the macro in turn, so whoever renders empties it at the end.
    var isCaptured = false

    init(slotCount: Int, parent: Activation?) {
        self.slots = Array(repeating: nil, count: slotCount)
        self.parent = parent
    }
}
