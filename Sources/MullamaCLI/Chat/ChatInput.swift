/// What a line in a chat means.
enum ChatInput: Equatable {
    case message(String)
    case help
    /// Tells the model how to answer; nil asks what it was told.
    case system(String?)
    case clear
    case save(String)
    case load(String)
    case regenerate
    case leave
    case nothing
    /// A command that there is not, or one that lacks something: what to say.
    case mistake(String)

    /// - Parameter text: A message, or a command, which begins with a slash. Two slashes begin a message that starts with one.
    init(_ text: String) {
        guard !text.allSatisfy(\.isWhitespace) else {
            self = .nothing
            return
        }
        guard text.hasPrefix("/") else {
            self = .message(text)
            return
        }
        guard !text.hasPrefix("//") else {
            self = .message(String(text.dropFirst()))
            return
        }
        let name = text.prefix { !$0.isWhitespace }
        let rest = text[name.endIndex...].drop(while: \.isWhitespace)
        let argument = rest.lastIndex { !$0.isWhitespace }.map { String(rest[...$0]) } ?? ""
        self.init(command: String(name), argument)
    }

    private init(command: String, _ argument: String) {
        switch command {
        case "/help", "/?": self = Self.alone(.help, command, argument)
        case "/system": self = .system(argument.isEmpty ? nil : argument)
        case "/clear": self = Self.alone(.clear, command, argument)
        case "/save", "/load":
            guard !argument.isEmpty else {
                self = .mistake("\(command) needs the path of a file: \(command) chat.json")
                return
            }
            self = command == "/save" ? .save(argument) : .load(argument)
        case "/regenerate": self = Self.alone(.regenerate, command, argument)
        case "/bye", "/exit", "/quit": self = Self.alone(.leave, command, argument)
        default: self = .mistake("there is no command \(command): /help lists them, and // begins a message with a slash")
        }
    }

    private static func alone(_ command: ChatInput, _ name: String, _ argument: String) -> ChatInput {
        argument.isEmpty ? command : .mistake("\(name) takes nothing behind it")
    }

    static let explanation = """
        /help             this text
        /system TEXT      tell the model how to answer, from the next answer on; "" tells it nothing, and nothing shows the text
        /clear            begin anew; the system message stays
        /regenerate       answer the last message again
        /save FILE        write the conversation into a file, as JSON
        /load FILE        go on with the conversation in a file
        /bye              leave, as Ctrl+D does

        A line that ends with \\ goes on in the next, and \"\"\" begins and ends a message of several lines. Arrow keys go through
        what was typed. Ctrl+C stops an answer, or clears the line; twice in a row it leaves.

        """
}
