import Foundation

enum FreePort {
    /// A port of 127.0.0.1 that nobody listens on.
    static func find() throws -> UInt16 {
        let descriptor = TCPSocket.make()
        defer { close(descriptor) }
        var address = TCPSocket.address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard code == 0 else { throw BenchError("no free port on 127.0.0.1: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }
}
