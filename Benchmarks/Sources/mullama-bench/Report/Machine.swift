import CBenchLlama
import Foundation

enum Machine {
    /// The processor's name and what llama.cpp uses of it: one name stands for processors that differ by factors.
    static var name: String {
        self.vectors.map { "\(self.processor) (\($0))" } ?? self.processor
    }

    private static var vectors: String? {
        if ggml_cpu_has_amx_int8() != 0 { return "AVX-512, AMX" }
        if ggml_cpu_has_avx512() != 0 { return "AVX-512" }
        if ggml_cpu_has_avx2() != 0 { return "AVX2" }
        return nil
    }

    private static var processor: String {
        #if canImport(Darwin)
        var bytes = [UInt8](repeating: 0, count: 256)
        var size = bytes.count
        guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else { return "unknown processor" }
        return String(decoding: bytes.prefix(max(0, size - 1)), as: UTF8.self)
        #else
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line.flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        #endif
    }
}
