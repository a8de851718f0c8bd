/// What is wrong with a grammar, as long as only the byte is known where it was found.
struct GrammarFault: Error {
    var offset: Int
    var message: String

    init(at offset: Int, _ message: String) {
        self.offset = offset
        self.message = message
    }
}
