import Foundation

extension MullamaError {
    /// - Parameters:
    ///   - what: What was tried, and with which file.
    ///   - error: What Foundation said.
    init(ioFailed what: String, _ error: any Error) {
        let error = error as NSError
        let posix = error.userInfo[NSUnderlyingErrorKey].flatMap { $0 as? NSError } ?? error
        let code = posix.domain == NSPOSIXErrorDomain ? posix.code : nil
        let reason = code.map { String(cString: strerror(Int32(clamping: $0))) } ?? error.localizedDescription
        self.init(.ioFailed, "\(what): \(reason)", underlying: code)
    }
}
