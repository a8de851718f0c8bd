import Foundation
import Mullama
import NIOCore

extension MullamaError {
    init(_ error: any Error, listeningAt address: ListenAddress) {
        let what = "the server cannot listen at \(address)"
        switch error {
        case let error as IOError:
            let reason = String(cString: strerror(error.errnoCode))
            self.init(.ioFailed, "\(what): \(Self.advice(error.errnoCode, address) ?? reason)", underlying: Int(error.errnoCode))
        case SocketAddressError.unixDomainSocketPathTooLong:
            self.init(
                .ioFailed,
                "\(what): the path is longer than the system takes for a socket: choose a shorter one",
                underlying: Int(ENAMETOOLONG)
            )
        case is SocketAddressError, is SocketAddressError.FailedToParseIPByteBuffer:
            self.init(
                .ioFailed,
                "\(what): no address is known for that host: check its name, or give an address",
                underlying: Int(EADDRNOTAVAIL)
            )
        default:
            self.init(.ioFailed, "\(what): \(error)")
        }
    }

    private static func advice(_ code: Int32, _ address: ListenAddress) -> String? {
        switch (code, address) {
        case (EADDRINUSE, .tcp(_, let port)):
            "another program listens at port \(port), perhaps another `mullama serve`: stop it, or choose another port with --port"
        case (EACCES, .tcp(_, let port)) where port < 1024:
            "ports below 1024 are not for everybody: choose a larger one with --port"
        case (EADDRNOTAVAIL, .tcp):
            "this machine does not have that address: choose one of its own with --host, or 0.0.0.0 for all of them"
        case (EACCES, .unix), (EPERM, .unix), (EROFS, .unix):
            "\(String(cString: strerror(code))): choose a folder that you may write to"
        default: nil
        }
    }
}
