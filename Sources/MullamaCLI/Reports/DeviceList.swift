import Mullama

/// The processors that llama.cpp can compute on.
struct DeviceList: Encodable {
    struct Entry: Encodable {
        let name: String
        let kind: String
        let description: String
        let memoryTotal: Int
        let memoryFree: Int
    }

    let entries: [Entry]

    init(_ devices: [ComputeDevice]) {
        self.entries = devices.map {
            Entry(
                name: $0.name,
                kind: $0.kind.rawValue,
                description: $0.description,
                memoryTotal: $0.memoryTotal,
                memoryFree: $0.memoryFree
            )
        }
    }

    func encode(to encoder: any Encoder) throws {
        try self.entries.encode(to: encoder)
    }

    var table: TextTable {
        TextTable(
            header: ["NAME", "KIND", "MEMORY", "FREE", "DESCRIPTION"],
            rows: self.entries.map {
                // Accelerators such as BLAS compute in the machine's memory and report none of their own.
                [
                    $0.name, $0.kind, $0.memoryTotal == 0 ? "-" : ByteCount($0.memoryTotal).description,
                    $0.memoryTotal == 0 ? "-" : ByteCount($0.memoryFree).description, $0.description,
                ]
            },
            alignments: [.left, .left, .right, .right]
        )
    }
}
