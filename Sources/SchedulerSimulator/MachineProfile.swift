/// How long a machine takes for a step. All times are in seconds.
public struct MachineProfile: Sendable, Hashable {
    /// What the loop around a step takes.
    public var step: Double
    /// For a batch of decode rows, whatever is in it.
    public var decodeBatch: Double
    public var decodeRow: Double
    /// For each cached token that a row looks at.
    public var decodeDepth: Double
    /// For a chunk of a prompt, whatever its size.
    public var prefillChunk: Double
    public var prefillToken: Double
    /// For each pair of a token and a cached one before it.
    public var prefillDepth: Double
    /// For each token of a prefix that is copied within the cache.
    public var copyToken: Double
    /// For each token of a prefix that is put outside of the cache.
    public var parkToken: Double
    /// For each token of a prefix that is fetched back.
    public var restoreToken: Double
    /// For each cell of a new cache. Made beside the present one, it holds up nobody.
    public var makeCell: Double
    /// How long sequences are moved in each step after the cache has got another shape, beside those that the step needs.
    public var moveTime: Double
    /// By how much the time of a step varies: 0.1 is up to a tenth more or less.
    public var jitter: Double

    public init(
        step: Double,
        decodeBatch: Double,
        decodeRow: Double,
        decodeDepth: Double,
        prefillChunk: Double,
        prefillToken: Double,
        prefillDepth: Double,
        copyToken: Double,
        parkToken: Double,
        restoreToken: Double,
        makeCell: Double,
        moveTime: Double = 0.03,
        jitter: Double = 0
    ) {
        self.step = step
        self.decodeBatch = decodeBatch
        self.decodeRow = decodeRow
        self.decodeDepth = decodeDepth
        self.prefillChunk = prefillChunk
        self.prefillToken = prefillToken
        self.prefillDepth = prefillDepth
        self.copyToken = copyToken
        self.parkToken = parkToken
        self.restoreToken = restoreToken
        self.makeCell = makeCell
        self.moveTime = moveTime
        self.jitter = jitter
    }

    /// Two cores of a server's CPU with AVX-512, and SmolLM2-135M Q4_1 with 2 threads, 16 sequences, flash attention off.
    ///
    /// Least squares of relative errors over medians of calls of llama.cpp: 25 decode batches (1 to 16 rows, each 64 to 2,048 tokens deep)
    /// and 25 chunks (16 to 256 tokens, after 0 to 2,048). The lines are off by 6 % (root mean square), by 13 % at most. A prefix of 1,024
    /// tokens was read out in 3.1 ms and put back in 3.3 ms, and a copy is both; a cache of 16 × 1,024 cells was made in 0.2 s.
    public static let cpu2 = MachineProfile(
        step: 50e-6,
        decodeBatch: 4.6e-3,
        decodeRow: 5.3e-3,
        decodeDepth: 3.6e-6,
        prefillChunk: 8.1e-3,
        prefillToken: 2.8e-3,
        prefillDepth: 1.4e-6,
        copyToken: 6e-6,
        parkToken: 3e-6,
        restoreToken: 3e-6,
        makeCell: 12e-6
    )

    /// A large accelerator and a model of some billion parameters: reading the weights takes most of a step, however many rows share it.
    /// Nothing of it was measured.
    public static let gpuLike = MachineProfile(
        step: 100e-6,
        decodeBatch: 8e-3,
        decodeRow: 15e-6,
        decodeDepth: 20e-9,
        prefillChunk: 8e-3,
        prefillToken: 40e-6,
        prefillDepth: 2e-9,
        copyToken: 0.2e-6,
        parkToken: 8e-6,
        restoreToken: 8e-6,
        makeCell: 0.1e-6
    )
}

extension MachineProfile {
    /// Seconds for one batch of decode rows: all of them look as far as the deepest.
    ///
    /// - Parameter depths: How many tokens each row's sequence holds.
    public func secondsToDecode(depths: [Int]) -> Double {
        guard !depths.isEmpty else { return 0 }
        return self.decodeBatch + self.decodeRow * Double(depths.count) + self.decodeDepth * Double(depths.count * (depths.max() ?? 0))
    }

    /// Seconds for a chunk of a prompt.
    ///
    /// - Parameter depth: How many tokens of the prompt come before it.
    public func secondsToPrefill(_ tokens: Int, after depth: Int) -> Double {
        self.prefillChunk + Double(tokens) * (self.prefillToken + self.prefillDepth * (Double(depth) + Double(tokens) / 2))
    }
}
