extension Expression {
    final class ArgumentList: Sendable {
        let positional: [Expression]
        let keywords: [(name: String, value: Expression)]
        /// `*items`
        let unpacked: Expression?
        /// `**entries`
        let unpackedKeywords: Expression?
        let depth: Int

        static let none = ArgumentList(positional: [], keywords: [], unpacked: nil, unpackedKeywords: nil)

        init(
            positional: [Expression],
            keywords: [(name: String, value: Expression)],
            unpacked: Expression?,
            unpackedKeywords: Expression?
        ) {
            self.positional = positional
            self.keywords = keywords
            self.unpacked = unpacked
            self.unpackedKeywords = unpackedKeywords
            self.depth = Expression.depth(of: positional + keywords.map(\.value) + [unpacked, unpackedKeywords].compactMap(\.self))
        }

        var isEmpty: Bool {
            self.positional.isEmpty && self.keywords.isEmpty && self.unpacked == nil && self.unpackedKeywords == nil
        }

        var all: [Expression] {
            self.positional + self.keywords.map(\.value) + [self.unpacked, self.unpackedKeywords].compactMap(\.self)
        }
    }

    final class Call: Sendable {
        let function: Expression
        let arguments: ArgumentList
        let position: Int
        let depth: Int

        init(_ function: Expression, _ arguments: ArgumentList, position: Int) {
            self.function = function
            self.arguments = arguments
            self.position = position
            self.depth = 1 + max(function.depth, arguments.depth)
        }
    }

    /// `input | name(arguments)`; without an input in the filters of a block, whose text is the input.
    final class FilterCall: Sendable {
        let input: Expression?
        let name: String
        /// Nil where there is no such filter, which is an error once it is called.
        let filter: Filter?
        let arguments: ArgumentList
        let position: Int
        let depth: Int

        init(_ name: String, of input: Expression?, _ arguments: ArgumentList, position: Int) {
            self.input = input
            self.name = name
            self.filter = Filters.named(name)
            self.arguments = arguments
            self.position = position
            self.depth = 1 + max(input?.depth ?? 0, arguments.depth)
        }
    }

    /// `input is name(arguments)`
    final class TestCall: Sendable {
        let input: Expression
        let name: String
        /// Nil where there is no such test, which is an error once it is called.
        let test: ValueTest?
        let arguments: ArgumentList
        let position: Int
        let depth: Int

        init(_ name: String, of input: Expression, _ arguments: ArgumentList, position: Int) {
            self.input = input
            self.name = name
            self.test = ValueTests.named(name)
            self.arguments = arguments
            self.position = position
            self.depth = 1 + max(input.depth, arguments.depth)
        }
    }
}
