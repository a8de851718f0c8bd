import CLlama

/// A processor that llama.cpp can compute on.
public struct ComputeDevice: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case cpu, gpu, integratedGPU, accelerator, other
    }

    /// llama.cpp's name for it, such as "CPU" or "Metal".
    public var name: String
    /// What the hardware calls itself.
    public var description: String
    public var kind: Kind
    /// Bytes of memory that the device has, and how many of them were free when it was asked.
    public var memoryTotal: Int
    public var memoryFree: Int

    init(_ device: ggml_backend_dev_t) {
        var free = 0
        var total = 0
        ggml_backend_dev_memory(device, &free, &total)
        self.name = String(cString: ggml_backend_dev_name(device))
        self.description = String(cString: ggml_backend_dev_description(device))
        self.memoryTotal = total
        self.memoryFree = free
        self.kind =
            switch ggml_backend_dev_type(device) {
            case GGML_BACKEND_DEVICE_TYPE_CPU: .cpu
            case GGML_BACKEND_DEVICE_TYPE_GPU: .gpu
            case GGML_BACKEND_DEVICE_TYPE_IGPU: .integratedGPU
            case GGML_BACKEND_DEVICE_TYPE_ACCEL: .accelerator
            default: .other
            }
    }
}
