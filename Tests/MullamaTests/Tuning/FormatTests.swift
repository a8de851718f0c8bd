import Foundation
import Testing

@testable import Mullama

@Suite("Formats of weights")
struct FormatTests {
    @Test("Progress and fallbacks are read from llama.cpp's messages")
    func messages() {
        let log = QuantizerLog()
        #expect(log.receive("[  12/ 272]              blk.1.ffn_up.weight - [  576,  1536,     1,     1], type =   q4_1") == 12.0 / 272)
        #expect(log.receive("[ 272/ 272] output_norm.weight") == 1)
        for other in ["", "[", "[]", "[a/b]", "[1/0]", "size = 3 MiB", "[ 3 ] of"] { #expect(log.receive(other) == nil) }
        #expect(log.fallbacks == 0)
        #expect(log.receive("llama_model_quantize_impl: WARNING: 30 of 272 tensor(s) required fallback quantization") == nil)
        #expect(log.fallbacks == 30)
    }

    @Test("A token's cost is the logarithm of its probability, also where logits are large")
    func cost() {
        let logits: [Float] = [0, 0, 0, 0]
        let large: [Float] = [1_000, 1_000]
        let certain: [Float] = [50, 0]
        logits.withUnsafeBufferPointer { #expect(abs(Perplexity.cost(of: 2, $0) - 1.386_294) < 1e-5) }
        large.withUnsafeBufferPointer { #expect(abs(Perplexity.cost(of: 1, $0) - 0.693_147) < 1e-5) }
        certain.withUnsafeBufferPointer {
            #expect(Perplexity.cost(of: 0, $0) < 1e-6)
            #expect(abs(Perplexity.cost(of: 1, $0) - 50) < 1e-6)
            #expect(Perplexity.cost(of: 7, $0) == .infinity)
        }
    }

    @Test("A scratch folder is gone with its content, and refuses what the disk cannot hold")
    func scratch() throws {
        let parent = FileManager.default.temporaryDirectory.appending(path: "mullama-scratch-\(UUID())", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: parent) }
        var folder: ScratchFolder? = try ScratchFolder(in: parent)
        let url = try #require(folder?.url)
        try Data("x".utf8).write(to: url.appending(path: "file"))
        try folder?.require(1, for: "a test")
        #expect { try folder?.require(.max, for: "a test") } throws: { error in
            (error as? MullamaError)?.code == .ioFailed && "\(error)".contains("a test needs up to 9.2 EB")
        }
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: url.path))
    }

    @Test("What a killed process left behind goes after a day")
    func sweep() throws {
        let parent = FileManager.default.temporaryDirectory.appending(path: "mullama-scratch-\(UUID())", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: parent) }
        for (name, age) in [("scratch-old", 100_000.0), ("scratch-new", 1_000), ("other", 100_000)] {
            let url = parent.appending(path: name)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: url.path)
        }
        let folder = try ScratchFolder(in: parent)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: parent.path))
        #expect(names == ["scratch-new", "other", folder.url.lastPathComponent])
    }
}
