import ModelStore

extension GGUFHeader {
    /// Bytes of KV cache that one token takes, all layers together.
    ///
    /// Counted layer by layer: heads may be grouped, layers with a sliding window may have heads of another length (they keep as many tokens as
    /// the others here), the last layers of some networks use the cache of earlier ones, and networks with latent attention keep no values.
    func cacheBytesPerToken(_ type: CacheType) -> Int {
        let heads = self.headCountsKV.prefix(max(0, (self.layerCount ?? 0) - self.layersWithoutCache))
        let hasValues = self.fact("attention.key_length_mla") == nil
        var bytes = 0
        for (layer, heads) in heads.enumerated() {
            let (key, value) = self.headLengths(layer)
            bytes = bytes.saturatingPlus(type.bytes(heads.saturatingTimes(key)))
            if hasValues { bytes = bytes.saturatingPlus(type.bytes(heads.saturatingTimes(value))) }
        }
        return bytes
    }

    func contextSize(_ wanted: Int?) -> Int {
        wanted ?? min(4096, self.trainingContextSize ?? 4096)
    }

    /// Lengths of keys and values that heads have, each once.
    var cachedHeadLengths: Set<Int> {
        var lengths: Set<Int> = []
        for layer in 0..<self.headCountsKV.count where self.headCountsKV[layer] > 0 {
            let (key, value) = self.headLengths(layer)
            lengths.formUnion([key, value])
        }
        return lengths
    }

    /// Layers at the end that share the cache of others, or guess tokens ahead and are not used.
    private var layersWithoutCache: Int {
        let shared = self.fact("attention.shared_kv_layers")?.int ?? 0
        let ahead = self.fact("nextn_predict_layers")?.int ?? 0
        return max(0, shared).saturatingPlus(max(0, ahead))
    }

    private func headLengths(_ layer: Int) -> (key: Int, value: Int) {
        let (key, value) = (self.keyLength ?? 0, self.valueLength ?? 0)
        guard self.hasWindow(layer) else { return (key, value) }
        return (
            self.fact("attention.key_length_swa")?.int.map { max(0, $0) } ?? key,
            self.fact("attention.value_length_swa")?.int.map { max(0, $0) } ?? value
        )
    }

    private func hasWindow(_ layer: Int) -> Bool {
        switch self.slidingWindowPattern {
        case .period(let period): period > 0 && layer % period < period - 1
        case .layers(let layers): layers.indices.contains(layer) && layers[layer]
        case nil: false
        }
    }
}
