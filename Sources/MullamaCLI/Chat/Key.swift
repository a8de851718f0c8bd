/// What a person does at the keyboard, as the line editor understands it.
enum Key: Equatable {
    /// One character that was typed.
    case character(Character)
    /// A text that was pasted, its line ends as newlines.
    case paste(String)
    case enter
    case backspace
    case delete
    case left
    case right
    case wordLeft
    case wordRight
    case up
    case down
    case home
    case end
    /// Ctrl+U: what stands before the cursor goes.
    case killToStart
    /// Ctrl+K: what stands behind the cursor goes.
    case killToEnd
    /// Ctrl+W: the word before the cursor goes.
    case killWord
    /// Ctrl+L: an empty screen.
    case clearScreen
    /// Ctrl+C.
    case interrupt
    /// Ctrl+D.
    case endOfInput
    /// Ctrl+Z.
    case suspend
}
