/// Takes a GGUF header apart. Nothing in the file is believed: every count and length is checked before it is used.
struct GGUFParser: ~Copyable {
    /// No real header comes near these; they tell a damaged count from a file that was cut off.
    private static let maximumKeys = 1 << 20
    private static let maximumTensors = 1 << 24
    private static let maximumElements = 1 << 30
    /// The longest key that the format allows.
    private static let maximumKeyLength = 65_535
    /// llama.cpp's own limits.
    private static let maximumTensorName = 63
    private static let maximumDimensions = 4

    private var reader: GGUFReader

    private(set) var version: UInt32 = 0
    private(set) var alignment = 32
    private(set) var keys: [String] = []
    private(set) var metadata: [String: GGUFValue] = [:]
    private(set) var tensors: [GGUFTensorInfo] = []
    private(set) var dataOffset = 0

    var fileSize: Int { reader.fileSize }

    init(_ reader: consuming GGUFReader) {
        self.reader = reader
    }

    /// Reads the whole header; to be called once.
    mutating func parse() throws(ModelStoreError) {
        try readStart()
        let tensorCount = try count("the number of tensors", atMost: Self.maximumTensors, bytesEach: 24)
        let keyCount = try count("the number of keys", atMost: Self.maximumKeys, bytesEach: 14)
        for index in 0..<keyCount {
            try readKey(index)
        }
        try readTensors(tensorCount)
    }

    private mutating func readStart() throws(ModelStoreError) {
        guard reader.fileSize > 0 else {
            throw ModelStoreError(.invalidModelFile, "\(reader.path) is empty: copy or download the file again")
        }
        let start = try reader.bytes(in: 0..<min(reader.fileSize, 64), "the start of the file")
        let magic = Array("GGUF".utf8)
        guard start.starts(with: magic.prefix(start.count)) else {
            throw ModelStoreError(
                .invalidModelFile,
                "\(reader.path) is not a GGUF file: \(ForeignFormat.advice(start) ?? "its first bytes are not 'GGUF'")"
            )
        }
        try reader.skip(4, "the GGUF header")
        version = try reader.integer(UInt32.self, "the GGUF header")
        switch version {
        case 2, 3: break
        case 0: throw reader.invalid("the format's version is 0", at: 4)
        case 1: throw reader.unsupported("it is GGUF version 1, and 2 and 3 are supported; get a newer conversion of the model")
        case let other where other & 0xFFFF == 0:
            throw reader.unsupported("it is a big-endian GGUF file; get the little-endian conversion of the model")
        default:
            throw reader.unsupported("it is GGUF version \(version), and 2 and 3 are supported; update Mullama, or get another conversion")
        }
    }

    /// Reads a count and checks that so many things of at least `bytesEach` bytes can follow.
    private mutating func count(_ what: String, atMost limit: Int, bytesEach: Int) throws(ModelStoreError) -> Int {
        let place = reader.offset
        let value = try reader.integer(UInt64.self, what)
        guard value <= limit else { throw reader.invalid("\(what) is \(value), and \(limit) is the most that is taken", at: place) }
        let needed = Int(value) * bytesEach
        guard needed <= reader.remaining else { throw reader.truncated(reader.offset + needed, "\(what), \(value),") }
        return Int(value)
    }

    // MARK: Metadata

    private mutating func readKey(_ index: Int) throws(ModelStoreError) {
        let place = reader.offset
        let bytes = try reader.string("key \(index)")
        guard !bytes.isEmpty else { throw reader.invalid("key \(index) is empty", at: place) }
        guard bytes.count <= Self.maximumKeyLength else {
            throw reader.invalid("key \(index) has \(bytes.count) bytes, and \(Self.maximumKeyLength) are allowed", at: place)
        }
        guard let key = String(validating: bytes, as: UTF8.self) else { throw reader.invalid("key \(index) is not UTF-8 text", at: place) }
        guard metadata[key] == nil else { throw reader.invalid("the key \(Quoted.text(key)) is there twice", at: place) }
        let value = try readValue(key)
        if key == "general.alignment" {
            try setAlignment(value, at: place)
        }
        keys.append(key)
        metadata[key] = value
    }

    private mutating func readType(_ key: String) throws(ModelStoreError) -> GGUFValueType {
        let place = reader.offset
        let number = try reader.integer(UInt32.self, "the type of \(key)")
        guard let type = GGUFValueType(rawValue: number) else {
            throw reader.invalid("the value of \(Quoted.text(key)) has the unknown type \(number)", at: place)
        }
        return type
    }

    private mutating func readValue(_ key: String) throws(ModelStoreError) -> GGUFValue {
        switch try readType(key) {
        case .uint8: .unsigned(UInt64(try reader.integer(UInt8.self, "the value of \(key)")))
        case .int8: .signed(Int64(try reader.integer(Int8.self, "the value of \(key)")))
        case .uint16: .unsigned(UInt64(try reader.integer(UInt16.self, "the value of \(key)")))
        case .int16: .signed(Int64(try reader.integer(Int16.self, "the value of \(key)")))
        case .uint32: .unsigned(UInt64(try reader.integer(UInt32.self, "the value of \(key)")))
        case .int32: .signed(Int64(try reader.integer(Int32.self, "the value of \(key)")))
        case .uint64: .unsigned(try reader.integer(UInt64.self, "the value of \(key)"))
        case .int64: .signed(try reader.integer(Int64.self, "the value of \(key)"))
        case .float32: .float(Double(Float(bitPattern: try reader.integer(UInt32.self, "the value of \(key)"))))
        case .float64: .float(Double(bitPattern: try reader.integer(UInt64.self, "the value of \(key)")))
        case .bool: .bool(try reader.integer(UInt8.self, "the value of \(key)") != 0)
        case .string: .string(String(decoding: try reader.string("the value of \(key)"), as: UTF8.self))
        case .array: .array(try readArray(key))
        }
    }

    private mutating func readArray(_ key: String) throws(ModelStoreError) -> GGUFArray {
        let place = reader.offset
        let type = try readType(key)
        // The format allows arrays of arrays; no model has them and llama.cpp does not read them.
        guard type != .array else { throw reader.invalid("the value of \(Quoted.text(key)) is an array of arrays", at: place) }
        let what = "the array \(key)"
        let count = try count("the length of \(what)", atMost: Self.maximumElements, bytesEach: type.fixedSize ?? 8)
        let start = reader.offset
        if let size = type.fixedSize {
            try reader.skip(count * size, what)
        } else {
            try reader.skipStrings(count, what)
        }
        let range = start..<reader.offset
        guard range.count <= GGUFArray.keptSize else {
            return GGUFArray(elementType: type, count: count, byteRange: range, bytes: nil)
        }
        try reader.keep(range.count)
        return GGUFArray(elementType: type, count: count, byteRange: range, bytes: try reader.bytes(in: range, what))
    }

    private mutating func setAlignment(_ value: GGUFValue, at place: Int) throws(ModelStoreError) {
        guard case .unsigned(let bytes) = value, bytes <= 1 << 30, bytes.nonzeroBitCount == 1 else {
            throw reader.invalid("general.alignment is not a power of two up to \(1 << 30)", at: place)
        }
        alignment = Int(bytes)
    }

    // MARK: Tensors

    private mutating func readTensors(_ count: Int) throws(ModelStoreError) {
        var names: Set<String> = []
        var relative: [GGUFTensorInfo] = []
        for index in 0..<count {
            let place = reader.offset
            let tensor = try readTensor(index)
            guard names.insert(tensor.name).inserted else {
                throw reader.invalid("the tensor \(Quoted.text(tensor.name)) is there twice", at: place)
            }
            relative.append(tensor)
        }
        // Far from overflowing: an offset inside a file plus at most 2^30.
        dataOffset = (reader.offset + alignment - 1) / alignment * alignment
        tensors.reserveCapacity(count)
        for tensor in relative {
            tensors.append(try placed(tensor))
        }
    }

    private mutating func readTensor(_ index: Int) throws(ModelStoreError) -> GGUFTensorInfo {
        let place = reader.offset
        let bytes = try reader.string("the name of tensor \(index)")
        guard bytes.count <= Self.maximumTensorName else {
            throw reader.invalid(
                "the name of tensor \(index) has \(bytes.count) bytes, and \(Self.maximumTensorName) are allowed",
                at: place
            )
        }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw reader.invalid("the name of tensor \(index) is not UTF-8 text", at: place)
        }
        // The name's bytes are counted already; this is for the rest of the entry.
        try reader.keep(MemoryLayout<GGUFTensorInfo>.size)
        let what = "tensor \(name)"
        let shown = "the tensor \(Quoted.text(name))"
        let dimensionCount = try reader.integer(UInt32.self, what)
        guard dimensionCount <= Self.maximumDimensions else {
            throw reader.invalid("\(shown) has \(dimensionCount) dimensions, and \(Self.maximumDimensions) are allowed", at: place)
        }
        var dimensions: [Int] = []
        for _ in 0..<dimensionCount {
            let size = try reader.integer(UInt64.self, what)
            guard let size = Int(exactly: size) else { throw reader.invalid("\(shown) has a dimension of \(size)", at: place) }
            dimensions.append(size)
        }
        let typePlace = reader.offset
        let number = try reader.integer(UInt32.self, what)
        let type = try type(number, of: shown, at: typePlace)
        let (elements, bytesNeeded) = try size(of: dimensions, type, shown, at: place)
        let offsetPlace = reader.offset
        guard let offset = Int(exactly: try reader.integer(UInt64.self, what)) else {
            throw reader.invalid("the offset of \(shown) does not fit 63 bits", at: offsetPlace)
        }
        guard offset % alignment == 0 else {
            throw reader.invalid("the offset of \(shown), \(offset), is not a multiple of the alignment, \(alignment)", at: offsetPlace)
        }
        return GGUFTensorInfo(
            name: name,
            dimensions: dimensions,
            type: type,
            offset: offset,
            elementCount: elements,
            byteSize: bytesNeeded
        )
    }

    private func type(_ number: UInt32, of tensor: String, at place: Int) throws(ModelStoreError) -> GGMLType {
        if let type = GGMLType(rawValue: number) { return type }
        if let removed = GGMLType.removedName(number) {
            throw reader.unsupported("\(tensor) has the type \(removed), which was given up; get a newer conversion of the model")
        }
        throw reader.unsupported("at byte \(place), \(tensor) has the type \(number), which is not known here; get another quantization")
    }

    private func size(
        of dimensions: [Int],
        _ type: GGMLType,
        _ tensor: String,
        at place: Int
    ) throws(ModelStoreError) -> (elements: Int, bytes: Int) {
        var elements = 1
        for size in dimensions {
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard !overflow else { throw reader.invalid("\(tensor) has more elements than fit 63 bits", at: place) }
            elements = product
        }
        let row = dimensions.first ?? 1
        guard row % type.blockSize == 0 else {
            throw reader.invalid(
                "\(tensor) has rows of \(row) elements, and those of type \(type) come in blocks of \(type.blockSize)",
                at: place
            )
        }
        let (bytes, overflow) = (elements / type.blockSize).multipliedReportingOverflow(by: type.bytesPerBlock)
        guard !overflow else { throw reader.invalid("\(tensor) has more bytes than fit 63 bits", at: place) }
        return (elements, bytes)
    }

    /// Gives a tensor its place in the file, and checks that the file reaches so far.
    private func placed(_ tensor: GGUFTensorInfo) throws(ModelStoreError) -> GGUFTensorInfo {
        let (start, startOverflow) = dataOffset.addingReportingOverflow(tensor.offset)
        let (end, endOverflow) = start.addingReportingOverflow(tensor.byteSize)
        guard !startOverflow, !endOverflow, end <= reader.fileSize else {
            throw reader.truncated(startOverflow || endOverflow ? .max : end, "tensor \(tensor.name)")
        }
        return GGUFTensorInfo(
            name: tensor.name,
            dimensions: tensor.dimensions,
            type: tensor.type,
            offset: start,
            elementCount: tensor.elementCount,
            byteSize: tensor.byteSize
        )
    }
}
