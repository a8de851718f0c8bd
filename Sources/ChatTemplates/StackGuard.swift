/// Measures how much of the thread's stack is in use since it was made.
///
/// The functions that call themselves take several times as much of it in a debug build as in an optimised one, so that counting them alone
/// would either allow too much in the one or too little in the other.
struct StackGuard {
    private let start: UInt

    init() {
        self.start = Self.address()
    }

    /// Bytes since it was made, whichever way the stack grows.
    var used: Int {
        let now = Self.address()
        return Int(bitPattern: now > self.start ? now - self.start : self.start - now)
    }

    @inline(never)
    private static func address() -> UInt {
        var marker: UInt8 = 0
        return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
    }
}
