import Foundation
import Logging
import ModelStore

/// The choices that were made on this machine: a small file for each model and cache type, in the user's cache.
struct TuningStore: Sendable {
    let folder: URL

    /// - Parameter folder: Nil for `mullama/tuning` in the user's cache.
    init(folder: URL? = nil) {
        self.folder = folder ?? ModelStore.cacheFolder.appending(path: "tuning", directoryHint: .isDirectory)
    }

    /// What was chosen for a model; nil if nothing was, or if it does not hold here. Never fails: the defaults are good.
    ///
    /// Reads some of the model's file if there may be a record: not for the cooperative pool.
    func record(for url: URL, _ header: GGUFHeader, _ params: ModelParams) -> TuningRecord? {
        // The fingerprint costs reads, which a model that nobody has tuned is spared.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder.path)) ?? []
        guard names.contains(where: { $0.hasPrefix("\(header.fileSize)-") }) else { return nil }
        do {
            let fingerprint = try ModelIdentity.fingerprint(of: url)
            let file = self.file(size: header.fileSize, fingerprint: fingerprint, params.cacheType)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            let record = try TuningRecord.read(Data(contentsOf: file))
            try record.check(model: fingerprint, machine: .current, llama: LlamaLibrary.version, params)
            return record
        } catch {
            let reason = (error as? TuningRecord.Unusable)?.reason ?? error.localizedDescription
            LlamaLog.shared.note(
                .warning,
                "the remembered settings for \(url.path) are not used: \(reason); run `mullama tune` to measure anew"
            )
            return nil
        }
    }

    /// Replaces what was remembered, at once.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed``; what was there is as before.
    func write(_ record: TuningRecord, size: Int) throws(MullamaError) {
        do throws(ModelStoreError) {
            try Folder.create(self.folder)
            TemporaryFile.sweep(self.folder)
            var file = try TemporaryFile(in: self.folder)
            guard let json = try? record.json() else {
                throw ModelStoreError(.ioFailed, "the choice could not be written as JSON: report this")
            }
            let bytes = [UInt8](json)
            try bytes.withUnsafeBufferPointer { (buffer) throws(ModelStoreError) in try file.write(UnsafeRawBufferPointer(buffer)) }
            try file.commit(to: self.file(size: size, fingerprint: record.model, record.settings.cacheType))
        } catch {
            throw MullamaError(error)
        }
    }

    /// Forgets what was remembered for a model, with every cache type.
    ///
    /// - Returns: How many choices there were.
    /// - Throws: ``MullamaError/Code/ioFailed``.
    func remove(for url: URL, _ header: GGUFHeader) throws(MullamaError) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder.path)) ?? []
        guard names.contains(where: { $0.hasPrefix("\(header.fileSize)-") }) else { return 0 }
        do {
            let fingerprint = try ModelIdentity.fingerprint(of: url)
            let own = names.filter { $0.hasPrefix("\(header.fileSize)-\(fingerprint)-") }
            for name in own { try FileManager.default.removeItem(at: self.folder.appending(path: name)) }
            return own.count
        } catch {
            throw MullamaError(
                .ioFailed,
                "could not remove the remembered settings from \(self.folder.path): \(error.localizedDescription)"
            )
        }
    }

    /// The machine is part of the name, since a home folder may be shared by several.
    private func file(size: Int, fingerprint: String, _ cacheType: CacheType) -> URL {
        let machine = MachineIdentity.current
        var checksum = Checksum()
        checksum.add("\(machine.processor) \(machine.cores)".utf8)
        let name = "\(size)-\(fingerprint)-\(String(checksum.value, radix: 16))-\(cacheType.rawValue).json"
        return self.folder.appending(path: name, directoryHint: .notDirectory)
    }
}
