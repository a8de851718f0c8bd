package import Foundation
package import ModelStore

extension MemoryEstimate {
    /// What a model takes that is loaded with these parameters. Settings that were measured for it are left out: they change the buffers by
    /// little.
    ///
    /// - Throws: ``MullamaError`` if the file is not a readable GGUF model, or `params` do not go with it. Reads the file's header, a few
    ///   milliseconds, on the calling thread.
    package init(modelAt url: URL, _ params: ModelParams, parallel: Int) throws(MullamaError) {
        self.init(try Self.header(modelAt: url, params), params, parallel: parallel)
    }

    /// The header of a file that can be loaded with these parameters, as far as the header tells.
    package static func header(modelAt url: URL, _ params: ModelParams) throws(MullamaError) -> GGUFHeader {
        try params.validate()
        let header: GGUFHeader
        do {
            header = try GGUFHeader(contentsOf: url)
        } catch {
            throw MullamaError(error)
        }
        try header.check(params.cacheType)
        return header
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

extension GGUFHeader {
    /// Tokens of each context of a model that is loaded with these parameters.
    package func contextSize(_ params: ModelParams) -> Int { self.contextSize(params.contextSize) }
}
