import Foundation
import InferenceCore
import ModelStore

/// What was found for the models of this machine: a small file for each, in the user's cache.
struct ReproducibilityStore: Sendable {
    private struct Record: Codable {
        /// Files of another version are not read.
        static let version = 3

        var version: Int
        /// In full, since the file's name is only its checksum.
        var key: String
        var report: ReproducibilityReport
    }

    let folder: URL

    /// - Parameter folder: Nil for `mullama/reproducibility` in the user's cache.
    init(folder: URL? = nil) {
        self.folder = folder ?? ModelStore.cacheFolder.appending(path: "reproducibility", directoryHint: .isDirectory)
    }

    /// What a result depends on: the machine's kernels, the model, and how it is computed.
    ///
    /// - Parameter settings: How the engine computes, as text.
    static func key(_ header: GGUFHeader, settings: String, batch: Int) -> String {
        let file = try? FileManager.default.attributesOfItem(atPath: header.url.resolvingSymlinksInPath().path)
        let modified = (file?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let devices = LlamaLibrary.devices.map(\.name).joined(separator: ",")
        return [
            "llama.cpp \(LlamaLibrary.version)", LlamaLibrary.cpuFeatures.joined(separator: ","), devices,
            header.architecture ?? "unknown", "\(header.weightsSize) bytes of \(modified)", settings, "\(batch) sequences",
        ].joined(separator: "; ")
    }

    /// Nil if there is none, or none that can be read.
    func report(for key: String) -> ReproducibilityReport? {
        guard let data = try? Data(contentsOf: self.file(key)), data.count < 65_536,
            let record = try? JSONDecoder().decode(Record.self, from: data),
            record.version == Record.version, record.key == key, record.report.isPlausible
        else { return nil }
        return record.report
    }

    /// - Throws: If the file cannot be written: what was found holds all the same, and is found again next time.
    func write(_ report: ReproducibilityReport, for key: String) throws {
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(Record(version: Record.version, key: key, report: report)).write(to: self.file(key), options: .atomic)
    }

    private func file(_ key: String) -> URL {
        var checksum = Checksum()
        checksum.add(key.utf8)
        return self.folder.appending(path: "\(String(checksum.value, radix: 16)).json", directoryHint: .notDirectory)
    }
}
