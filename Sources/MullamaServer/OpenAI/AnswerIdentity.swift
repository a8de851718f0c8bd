import ChatTemplates
import Crypto
import Foundation
import Mullama

/// What is the same in all parts of an answer.
struct AnswerIdentity: Sendable {
    let id: String
    let created: Int
    /// The model's canonical name, whatever the request called it.
    let model: String
    let fingerprint: String

    /// - Parameter prefix: What ids of the API begin with.
    init(_ prefix: String, _ lease: ModelLease) {
        let random = (0..<3).map { _ in Self.hexadecimal(UInt64.random(in: .min ... .max)) }.joined()
        self.id = prefix + random.prefix(32)
        self.created = Int(Date.now.timeIntervalSince1970)
        self.model = lease.reference.name
        self.fingerprint = Self.fingerprint(lease)
    }

    /// What every object of the answer begins with.
    func fields(_ object: String) -> TemplateDictionary {
        [
            "id": .string(self.id),
            "object": .string(object),
            "created": .integer(self.created),
            "model": .string(self.model),
            "system_fingerprint": .string(self.fingerprint),
        ]
    }

    /// Changes when the same seed might give another answer: with the model's file and with how it is computed.
    private static func fingerprint(_ lease: ModelLease) -> String {
        let info = lease.model.info
        let file = lease.reference.digest ?? "\(lease.reference.name) \(info.sizeInBytes)"
        let text = "\(file) \(info.quantization) \(info.settings.description) \(LlamaLibrary.version)"
        let digest = SHA256.hash(data: Data(text.utf8))
        return "fp_" + digest.prefix(6).map { Self.hexadecimal(UInt64($0)).suffix(2) }.joined()
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
