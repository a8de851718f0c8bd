import Crypto
import Foundation

/// What Ollama's clients tell models apart by: 64 hexadecimal digits.
enum OllamaDigest {
    /// The SHA-256 of the file, of models in the store. A file that was named by its path may have gigabytes that nobody has read yet: of it, it is
    /// the SHA-256 of what tells it apart from others and from what it was before.
    static func text(of model: ModelReference) -> String {
        if let digest = model.digest { return String(digest.trimmingPrefix("sha256:")) }
        let values = try? model.url.resourceValues(forKeys: [.fileSizeKey, .contentModificationDateKey])
        let modified = values?.contentModificationDate?.timeIntervalSince1970 ?? 0
        let identity = "\(model.url.path)\n\(values?.fileSize ?? 0)\n\(modified)"
        return SHA256.hash(data: Data(identity.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
