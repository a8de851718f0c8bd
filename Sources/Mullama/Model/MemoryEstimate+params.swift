package import Foundation
package import ModelStore

extension MemoryEstimate {
    /// What a model takes that is loaded with these parameters. Settings that were measured for it are left out: they change the buffers by
    /// little.
    ///
    /// - Throws: ``MullamaError`` if the file is not a readable GGUF model, or `params` do not go with it. Reads the file's header, a few
    ///   milliseconds, on the calling thread.
    package init(modelAt url: URL, _ params: ModelParams, parallel: Int) throws(MullamaError) {
        try params.validate()
        let header: GGUFHeader
        do {
            header = try GGUFHeader(contentsOf: url)
        } catch {
            throw MullamaError(error)
        }
        try header.check(params.cacheType)
        self.init(header, params, parallel: parallel)
    }

    /// The same for a header that was read already.
    package init(_ header: GGUFHeader, _ params: ModelParams, parallel: Int) {
        self.init(
            header,
            contextSize: header.contextSize(params.contextSize),
            parallel: parallel,
            settings: EngineSettings.inForce(params, nil).settings
        )
    }

    /// The most that is needed at any moment: the weights, and all beside them while the cache grows.
    package var most: Int { max(self.total, self.weights.saturatingPlus(self.peak)) }
}
