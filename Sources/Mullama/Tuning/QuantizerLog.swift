import Synchronization

/// Reads llama.cpp's messages while it converts a model.
final class QuantizerLog: Sendable {
    private let state = Mutex(0)

    /// Tensors that had to be stored in another format.
    var fallbacks: Int { self.state.withLock { $0 } }

    /// - Returns: The part of the tensors that is done, if the message tells: "[  12/ 272] blk.3.ffn_up.weight …".
    func receive(_ message: String) -> Double? {
        if let numbers = Self.numbers(message, before: " tensor(s) required fallback"), numbers.count == 2 {
            self.state.withLock { $0 = numbers[0] }
        }
        guard message.hasPrefix("["), let end = message.firstIndex(of: "]") else { return nil }
        let parts = message[message.index(after: message.startIndex)..<end].split(separator: "/")
        let numbers = parts.compactMap { Int($0.filter { $0 != " " }) }
        guard numbers.count == 2, numbers[1] > 0 else { return nil }
        return Double(numbers[0]) / Double(numbers[1])
    }

    /// The two numbers of "… 3 of 272 tensor(s) required fallback …".
    private static func numbers(_ message: String, before words: String) -> [Int]? {
        guard let end = message.firstRange(of: words) else { return nil }
        return message[..<end.lowerBound].split(separator: " ").suffix(3).compactMap { Int($0) }
    }
}
