import CLlama
import Foundation
public import Logging
import Synchronization

/// The C library as a whole: set up once per process, and the way of its log messages.
public enum LlamaLibrary {
    /// llama.cpp's version, such as "0.5.0-dev".
    public static var version: String { String(cString: llama_version()) }

    /// The instruction sets that llama.cpp's kernels were built for and found here.
    ///
    /// Read once: the C function writes into a buffer that all threads share.
    public static let cpuFeatures: [String] = {
        initialize()
        return String(cString: llama_print_system_info())
            .split(separator: "|")
            .compactMap { part in
                let field = part.split(separator: ":").last ?? part
                let words = field.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
                return words.count == 2 && words[1] == "1" ? words[0] : nil
            }
    }()

    /// The processors that llama.cpp can compute on.
    public static var devices: [ComputeDevice] {
        self.initialize()
        return (0..<ggml_backend_dev_count()).compactMap { index in
            ggml_backend_dev_get(index).map(ComputeDevice.init)
        }
    }

    /// Where llama.cpp's messages go, and our own on what a load found. By default nowhere: what matters is thrown.
    ///
    /// Process-wide, as the C library's log is. Messages of its `info` level come as `debug`, those of `debug` as `trace`.
    public static func setLogger(_ logger: Logger?) {
        LlamaLog.shared.setLogger(logger)
    }

    static func initialize() {
        _ = self.initialized
    }

    private static let initialized: Void = {
        llama_log_set({ level, text, _ in LlamaLog.shared.receive(level, text) }, nil)
        llama_backend_init()
    }()
}
