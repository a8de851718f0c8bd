import ModelStore
import Mullama

/// What a model takes in memory, and how much of it this machine can take.
struct MemoryPlan: Encodable {
    let model: String
    let contextSize: Int
    let parallel: Int
    let cacheType: String
    let trainingContextSize: Int?
    /// In bytes, like all that follow.
    let weights: Int
    let cachePerContext: Int
    let cache: Int
    let compute: Int
    let total: Int
    /// Cache and compute buffers while the cache grows, which is when most is needed.
    let peak: Int
    let memoryTotal: Int
    /// Missing where the system does not tell; what fits is then counted against all memory.
    let memoryAvailable: Int?
    let fits: Bool
    /// The most contexts of this size that fit, 256 at most; 0 if none does.
    let largestParallel: Int
    /// The largest size that fits so many contexts, up to what the model was trained for; 0 if none does.
    let largestContextSize: Int

    init(
        model: String,
        header: GGUFHeader,
        contextSize: Int,
        parallel: Int,
        cacheType: CacheType,
        memory: (total: Int, available: Int?)
    ) {
        func estimate(_ contextSize: Int, _ parallel: Int) -> MemoryEstimate {
            MemoryEstimate(header, contextSize: contextSize, parallel: parallel, cacheType: cacheType)
        }
        let limit = memory.available ?? memory.total
        func fits(_ estimate: MemoryEstimate) -> Bool {
            let (peak, overflow) = estimate.weights.addingReportingOverflow(estimate.peak)
            return !overflow && max(peak, estimate.total) <= limit
        }
        let asked = estimate(contextSize, parallel)
        self.model = model
        self.contextSize = contextSize
        self.parallel = parallel
        self.cacheType = cacheType.rawValue
        self.trainingContextSize = header.trainingContextSize
        self.weights = asked.weights
        self.cachePerContext = asked.cachePerContext
        self.cache = asked.cache
        self.compute = asked.compute
        self.total = asked.total
        self.peak = asked.peak
        self.memoryTotal = memory.total
        self.memoryAvailable = memory.available
        self.fits = fits(asked)
        self.largestParallel = Self.largest(upTo: 256) { fits(estimate(contextSize, $0)) }
        self.largestContextSize = Self.largest(upTo: header.trainingContextSize ?? 1 << 24) { fits(estimate($0, parallel)) }
    }

    /// The largest number from 1 that holds, where what holds for one holds for all smaller; 0 if none does.
    static func largest(upTo limit: Int, where holds: (Int) -> Bool) -> Int {
        var (holding, failing) = (0, limit + 1)
        while failing - holding > 1 {
            let middle = holding + (failing - holding) / 2
            if holds(middle) { holding = middle } else { failing = middle }
        }
        return holding
    }

    var table: TextTable {
        let contexts = self.parallel == 1 ? "1 context" : "\(self.parallel) contexts"
        let size = Quantity.grouped(self.contextSize)
        let trained = self.trainingContextSize.map { self.contextSize > $0 ? "; trained on \(Quantity.grouped($0))" : "" } ?? ""
        let memory =
            self.memoryAvailable.map { "\(ByteCount($0)) of \(ByteCount(self.memoryTotal))" } ?? "\(ByteCount(self.memoryTotal)) in all"
        return TextTable(rows: [
            ["model", self.model],
            ["weights", ByteCount(self.weights).description],
            ["cache per context", "\(ByteCount(self.cachePerContext)) when full (\(size) tokens\(trained))"],
            ["cache for \(contexts)", "\(ByteCount(self.cache)) as \(self.cacheType)"],
            ["compute buffers", ByteCount(self.compute).description],
            ["total", ByteCount(self.total).description],
            ["without weights, growing", "\(ByteCount(self.peak)) at most"],
            ["memory available", memory],
            ["fits", self.fits ? "yes" : "no"],
            ["most contexts of \(size) tokens", self.largestParallel == 0 ? "none fits" : "\(self.largestParallel)"],
            [
                "largest size of \(contexts)",
                self.largestContextSize == 0 ? "none fits" : "\(Quantity.grouped(self.largestContextSize)) tokens",
            ],
        ])
    }
}
