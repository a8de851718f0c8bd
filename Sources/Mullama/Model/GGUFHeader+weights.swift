import ModelStore

extension GGUFHeader {
    /// Bytes of memory that the weights take on this machine's processor.
    var weightsInMemory: Int { self.weightsSize(withAMX: LlamaLibrary.cpuFeatures.contains("AMX_INT8")) }

    /// With AMX, ggml keeps the weights that it multiplies with in another order, some types with sums beside their numbers, and an embedding that
    /// is the output too a second time: the one to look tokens up in, the other to multiply with. The rules are those of ggml's `ggml-cpu/amx`
    /// in llama.cpp 0.5; there are none for experts.
    func weightsSize(withAMX hasAMX: Bool) -> Int {
        guard hasAMX else { return self.weightsSize }
        let isTied = !self.tensors.contains { $0.name == "output.weight" }
        return self.tensors.reduce(self.weightsSize) { sum, tensor in
            guard let packed = tensor.bytesForAMX else { return sum }
            guard tensor.name == "token_embd.weight" else { return sum.saturatingPlus(packed - tensor.byteSize) }
            return isTied ? sum.saturatingPlus(packed) : sum
        }
    }
}

extension GGUFTensorInfo {
    /// Bytes of the copy that is made for AMX; nil if there is none.
    fileprivate var bytesForAMX: Int? {
        guard self.name.hasSuffix(".weight"), self.dimensions.count == 2, self.dimensions[1].isMultiple(of: 32) else { return nil }
        let (multiple, extra): (Int, Int)
        switch self.type {
        case .f16: (multiple, extra) = (16, 0)
        case .q4_0, .q4_1: (multiple, extra) = (32, 0)
        case .q8_0: (multiple, extra) = (32, 4)
        case .q4_k, .q5_k: (multiple, extra) = (256, 4)
        case .q6_k: (multiple, extra) = (256, 0)
        case .iq4_xs: (multiple, extra) = (256, 2)
        default: return nil
        }
        guard self.dimensions[0].isMultiple(of: multiple) else { return nil }
        return self.byteSize.saturatingPlus(self.elementCount / self.type.blockSize * extra)
    }
}
