import ModelStore
import Testing

@Suite struct GGMLTypeTests {
    @Test(arguments: [
        (GGMLType.f32, "f32", 1, 4), (.f16, "f16", 1, 2), (.bf16, "bf16", 1, 2), (.q4_0, "q4_0", 32, 18), (.q4_1, "q4_1", 32, 20),
        (.q8_0, "q8_0", 32, 34), (.q4_k, "q4_K", 256, 144), (.q6_k, "q6_K", 256, 210), (.iq1_m, "iq1_m", 256, 56),
        (.mxfp4, "mxfp4", 32, 17), (.nvfp4, "nvfp4", 64, 36), (.q1_0, "q1_0", 128, 18),
    ])
    func layoutIsThatOfGGML(type: GGMLType, name: String, elements: Int, bytes: Int) {
        #expect(type.description == name)
        #expect(type.blockSize == elements)
        #expect(type.bytesPerBlock == bytes)
    }

    @Test func everyTypeHasAPlausibleLayoutAndAnUnusedNumber() {
        for type in GGMLType.allCases {
            #expect([1, 32, 64, 128, 256].contains(type.blockSize))
            #expect((1...64).contains(type.bitsPerElement))
            #expect(![4, 5, 31, 32, 33, 36, 37, 38].contains(type.rawValue))
        }
        #expect(Set(GGMLType.allCases.map(\.description)).count == GGMLType.allCases.count)
    }
}
