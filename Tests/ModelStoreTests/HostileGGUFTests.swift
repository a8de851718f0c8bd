import Foundation
import ModelStore
import MullamaTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files made to hurt: each must end in an error that says what is wrong, and none in a crash.
@Suite struct HostileGGUFTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func error(_ bytes: some Sequence<UInt8>) throws -> ModelStoreError? {
        let url = try folder.write(bytes, to: "model.gguf")
        do throws(ModelStoreError) {
            exercise(try GGUFHeader(contentsOf: url))
            return nil
        } catch {
            return error
        }
    }

    private func error(_ change: (inout GGUFBuilder) -> Void) throws -> ModelStoreError? {
        var builder = GGUFBuilder.smallModel()
        change(&builder)
        return try error(builder.build())
    }

    /// Asks a header for all that it can compute.
    private func exercise(_ header: GGUFHeader) {
        _ = (header.headCounts, header.headCountsKV, header.keyLength, header.valueLength, header.slidingWindowPattern)
        _ = (header.vocabularySize, header.expertCount, header.expertUsedCount, header.splitCount, header.splitIndex)
        _ = (header.fileType?.description, header.dominantTensorType, header.trainingContextSize, header.chatTemplate)
        for key in header.keys {
            let array = header.metadata[key]?.array
            _ = (array?.ints, array?.bools, array?.doubles, array?.strings)
            _ = try? header.loadArray(key)
        }
    }

    @Test func aFileCutOffAnywhereIsTruncated() throws {
        let whole = GGUFBuilder.smallModel().build()
        #expect(try error(whole) == nil)
        #expect(try error([])?.code == .invalidModelFile)
        for count in 1..<whole.count {
            let error = try #require(try error(whole.prefix(count)), "\(count) of \(whole.count) bytes were taken for a whole file")
            #expect(error.code == .truncatedModelFile, "\(count): \(error)")
            #expect(error.message.contains("has \(count) bytes"), "\(count): \(error)")
        }
    }

    @Test func truncationNamesTheBytesThatTheTensorsNeed() throws {
        let whole = GGUFBuilder.smallModel().build()
        let error = try #require(try error(whole.dropLast(7)))
        #expect(error.message.contains("has \(whole.count - 7) bytes"))
        #expect(error.message.contains("needs at least \(whole.count)"))
    }

    @Test func randomDamageNeverTraps() throws {
        let whole = GGUFBuilder.smallModel().build()
        var generator = SeededGenerator(seed: 2026)
        var refused = 0
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if try error(bytes) != nil { refused += 1 }
        }
        // Damage to text, numbers and weights cannot be seen; damage to lengths, types and counts is.
        #expect((300...1_900).contains(refused), "\(refused)")
    }

    @Test(arguments: [UInt64(1) << 20, 1 << 32, 1 << 61, UInt64(Int64.max), .max])
    func hugeCountsAreRefusedBeforeAnythingIsReserved(count: UInt64) throws {
        let codes: [ModelStoreError.Code] = [.invalidModelFile, .truncatedModelFile]
        #expect(codes.contains(try #require(try error { $0.tensorCount = count }).code))
        #expect(codes.contains(try #require(try error { $0.keyCount = count }).code))
        for type in [UInt32(0), 4, 8, 10] {
            #expect(codes.contains(try #require(try error { $0.add("x", elementType: type, count: count, []) }).code))
        }
        #expect(codes.contains(try #require(try error { $0.add("x", type: 8, GGUFBuilder.integer(count)) }).code))
        let key = GGUFBuilder.integer(count) + [0x61]
        let start = Array("GGUF".utf8) + GGUFBuilder.integer(UInt32(3)) + GGUFBuilder.integer(UInt64(0)) + GGUFBuilder.integer(UInt64(1))
        #expect(codes.contains(try #require(try error(start + key + key)).code))
        let inArray = GGUFBuilder.integer(count)
        #expect(codes.contains(try #require(try error { $0.add("x", elementType: 8, count: 1, inArray) }).code))
    }

    @Test(arguments: [
        [UInt64.max], [UInt64(Int64.max), 2], [1 << 32, 1 << 31], [1 << 62, 4, 0], [1 << 61], [33], [1, 1, 1, 1, 1],
    ])
    func tensorsOfImpossibleShapesAreRefused(dimensions: [UInt64]) throws {
        let error = try error { $0.tensors[0].dimensions = dimensions }
        #expect([.invalidModelFile, .truncatedModelFile].contains(try #require(error).code))
    }

    @Test(arguments: [UInt64.max, UInt64(Int64.max) - 31, 1 << 40, 7])
    func tensorsOutsideTheFileAreRefused(offset: UInt64) throws {
        #expect(try error { $0.tensors[1].offset = offset } != nil)
    }

    @Test func tensorsWithoutElementsAreFine() throws {
        #expect(try error { $0.tensors[1].dimensions = [0] } == nil)
        #expect(try error { $0.tensors[1].dimensions = [] } == nil)
    }

    @Test func duplicatesAreRefused() throws {
        #expect(try error { $0.add("general.name", "again") }?.message.contains("'general.name' is there twice") == true)
        #expect(try error { $0.tensors[1].name = $0.tensors[0].name }?.code == .invalidModelFile)
    }

    @Test func unknownTypesNameTheirPlace() throws {
        let value = try error { $0.add("x", type: 13, []) }
        #expect(value?.code == .invalidModelFile)
        #expect(value?.message.contains("at byte") == true)
        #expect(value?.message.contains("unknown type 13") == true)
        #expect(try error { $0.add("x", elementType: 9, count: 0, []) }?.message.contains("array of arrays") == true)
        #expect(try error { $0.tensors[0].type = 200 }?.code == .unsupportedModel)
        #expect(try error { $0.tensors[0].type = 31 }?.message.contains("q4_0_4_4") == true)
    }

    @Test(arguments: [UInt32(0), 3, 48, 1 << 31]) func impossibleAlignmentsAreRefused(alignment: UInt32) throws {
        #expect(try error { $0.add("general.alignment", alignment) }?.code == .invalidModelFile)
    }

    @Test func keysMustBeTextOfSomeLength() throws {
        #expect(try error { $0.add("", UInt32(1)) }?.code == .invalidModelFile)
        #expect(try error { $0.add(String(repeating: "k", count: 65_536), UInt32(1)) }?.code == .invalidModelFile)
        #expect(try error { $0.tensors[0].name = String(repeating: "t", count: 64) }?.code == .invalidModelFile)
    }

    @Test(arguments: [(UInt32(0), ModelStoreError.Code.invalidModelFile), (1, .unsupportedModel), (4, .unsupportedModel)])
    func versionsOtherThanTwoAndThreeAreRefused(version: UInt32, code: ModelStoreError.Code) throws {
        #expect(try error { $0.version = version }?.code == code)
    }

    @Test func bigEndianFilesAreCalledThat() throws {
        let error = try error { $0.version = UInt32(3).byteSwapped }
        #expect(error?.code == .unsupportedModel)
        #expect(error?.message.contains("big-endian") == true)
    }

    @Test(arguments: [
        ("version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
        ("<!DOCTYPE html><html>", "web page"),
        ("lmggxxxxxxxx", "before GGUF"),
        ("PK\u{03}\u{04}xxxxxxxxxx", "ZIP"),
        ("xxxxxxxx{\"__metadata__\"", "safetensors"),
        ("hello", "not 'GGUF'"),
        ("x", "not 'GGUF'"),
    ])
    func otherFilesAreRecognised(content: String, hint: String) throws {
        let error = try #require(try error(content.utf8))
        #expect(error.code == .invalidModelFile)
        #expect(error.message.contains(hint), "\(error)")
    }

    @Test func whatIsNoFileIsRefused() throws {
        let missing = folder.url.appending(path: "missing.gguf")
        #expect { try GGUFHeader(contentsOf: missing) } throws: { ($0 as? ModelStoreError)?.code == .modelNotFound }
        #expect { try GGUFHeader(contentsOf: folder.url) } throws: { ($0 as? ModelStoreError)?.message.contains("is a folder") == true }
        // Opening a pipe without a writer would wait for ever.
        let pipe = folder.url.appending(path: "pipe")
        try #require(mkfifo(pipe.path, 0o600) == 0)
        #expect { try GGUFHeader(contentsOf: pipe) } throws: { ($0 as? ModelStoreError)?.code == .invalidModelFile }
    }
}
