/// What is wrong with a template or with what it was given, for people in ``message`` and for programs in ``code``.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of error it is. Stable over releases; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) {
            self.name = name
        }

        public var description: String { self.name }

        /// The text is not a template: it does not parse.
        public static let syntax = Code("syntax")
        /// The template called `raise_exception`: it refuses this conversation. The message is exactly what it said.
        public static let raised = Code("raised")
        /// A variable, an attribute or an item that does not exist was used for more than printing and testing.
        public static let undefined = Code("undefined")
        /// An operator, a filter or a method was given a value of a type that it does not take, or arguments that it does not know.
        public static let type = Code("type")
        /// A value of the right type that does not do: a format that does not parse, a division by zero, a number beyond 64 bits.
        public static let value = Code("value")
        /// The template asked for something that the sandbox refuses, such as a method that changes a list.
        public static let forbidden = Code("forbidden")
        /// Rendering would have exceeded one of the ``TemplateLimits``.
        public static let limit = Code("limit")
        /// Text that was to be read as JSON, or as a date, is neither.
        public static let invalidInput = Code("invalidInput")
    }

    /// What it holds lies behind one word, so that the many functions that may throw it need little of the stack.
    private final class Content: Sendable {
        let code: Code
        let message: String
        let line: Int
        let column: Int

        init(_ code: Code, _ message: String, line: Int, column: Int) {
            self.code = code
            self.message = message
            self.line = line
            self.column = column
        }
    }

    private let content: Content

    public init(_ code: Code, _ message: String, line: Int = 0, column: Int = 0) {
        self.content = Content(code, message, line: line, column: column)
    }

    public var code: Code { self.content.code }
    /// What happened and what was meant. One line, unless the template itself said more.
    public var message: String { self.content.message }
    /// The line of the template, counted from 1; 0 where the error has no place in a template.
    public var line: Int { self.content.line }
    /// The column in that line in characters (Unicode scalars), counted from 1; 0 where the error has no place in a template.
    public var column: Int { self.content.column }

    public var description: String {
        self.line > 0 ? "\(self.code) at line \(self.line), column \(self.column): \(self.message)" : "\(self.code): \(self.message)"
    }

    public static func == (left: TemplateError, right: TemplateError) -> Bool {
        left.code == right.code && left.message == right.message && left.line == right.line && left.column == right.column
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.code)
        hasher.combine(self.message)
        hasher.combine(self.line)
        hasher.combine(self.column)
    }
}
