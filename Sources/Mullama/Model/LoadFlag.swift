import Synchronization

/// Tells a load that nobody waits for it any more. Compared by identity, so that a load is told from the next one of the same file.
final class LoadFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { self.flag.load(ordering: .relaxed) }

    func set() {
        self.flag.store(true, ordering: .relaxed)
    }

    static func ~= (pattern: LoadFlag, value: LoadFlag) -> Bool { pattern === value }
}
