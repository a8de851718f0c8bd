import Foundation
import Mullama

/// The arguments of the process.
enum Arguments {
    /// Refuses arguments that are not text: Swift would put U+FFFD for the bytes that it cannot read, and the model would answer that.
    static func requireText() throws(MullamaError) {
        let count = Int(CommandLine.argc)
        for index in 0..<count {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            let bytes = UnsafeBufferPointer(start: UnsafeRawPointer(argument).assumingMemoryBound(to: UInt8.self), count: strlen(argument))
            if let offset = UTF8Check.firstInvalidOffset(in: bytes) {
                throw MullamaError(
                    .invalidRequest,
                    "argument \(index) is not UTF-8: byte \(offset) of it cannot be read; convert it with iconv"
                )
            }
        }
    }
}
