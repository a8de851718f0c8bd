public import ArgumentParser
public import Mullama

extension CacheType: ExpressibleByArgument {
    static let explanation = """
        How the KV cache is stored. Quantized types hold more in the same memory; they make a CPU generate slower behind long prompts, round \
        what is stored, and let answers depend on what else is computed.
        """
}
