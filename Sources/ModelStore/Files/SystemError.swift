#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Puts the operating system's reason into words that name the file and the way out.
package enum SystemError {
    /// The reason of the last failed call of this thread; to be read before any other call.
    package static var last: Int32 { errno }

    /// An ``ModelStoreError/Code/ioFailed`` error that says what was tried and why it failed.
    package static func failure(_ action: String, _ path: String, _ number: Int32 = last) -> ModelStoreError {
        ModelStoreError(
            .ioFailed,
            "cannot \(action) \(path): \(text(number))\(advice(number))",
            underlying: number
        )
    }

    private static func text(_ number: Int32) -> String {
        String(cString: strerror(number))
    }

    private static func advice(_ number: Int32) -> String {
        switch number {
        case ENOSPC, EDQUOT: "; free some space, or set MULLAMA_MODELS to a folder on a larger disk"
        case EACCES, EPERM: "; check who owns it and its permissions"
        case EROFS: "; the disk is read-only, set MULLAMA_MODELS to a folder that can be written"
        default: ""
        }
    }
}
