import Foundation

/// A terminal without a screen: what is written to `terminal` is read from `screen`.
struct PseudoTerminal: ~Copyable {
    let screen: Int32
    let terminal: Int32

    /// Nil where the system has none to give.
    init?() {
        #if os(Linux)
        // Glibc's functions for this are hidden from Swift behind a feature macro; these are the requests that they make.
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        let screen = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, index): (Int32, UInt32) = (0, 0)
        guard screen >= 0, ioctl(screen, unlock, &locked) == 0, ioctl(screen, number, &index) == 0 else { return nil }
        let terminal = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
        #else
        let screen = posix_openpt(O_RDWR | O_NOCTTY)
        guard screen >= 0, grantpt(screen) == 0, unlockpt(screen) == 0, let path = ptsname(screen) else { return nil }
        let terminal = open(String(cString: path), O_RDWR | O_NOCTTY)
        #endif
        guard terminal >= 0 else {
            close(screen)
            return nil
        }
        (self.screen, self.terminal) = (screen, terminal)
    }

    deinit {
        close(self.screen)
        close(self.terminal)
    }
}
