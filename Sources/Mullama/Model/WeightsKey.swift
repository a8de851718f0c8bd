import Foundation

/// What makes two loads of weights the same: the file, also under another name, and how it is loaded.
struct WeightsKey: Hashable, Sendable {
    private var device: UInt64
    private var file: UInt64
    private var size: Int
    private var modified: Date
    private var gpuLayers: Int?
    private var useMemoryMap: Bool

    init(_ url: URL, _ params: ModelParams) {
        let file = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
        self.device = (file?[.systemNumber] as? NSNumber)?.uint64Value ?? 0
        self.file = (file?[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
        self.size = (file?[.size] as? NSNumber)?.intValue ?? 0
        self.modified = file?[.modificationDate] as? Date ?? .distantPast
        self.gpuLayers = params.gpuLayers
        self.useMemoryMap = params.useMemoryMap
    }
}
