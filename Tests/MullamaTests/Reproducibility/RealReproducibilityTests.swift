import Foundation
import InferenceCore
import ModelStore
import Testing

@testable import Mullama

@Suite("Where the real models' results do not depend on load", .needsModel, .serialized, .timeLimit(.minutes(3)))
struct RealReproducibilityTests {
    private func check(_ name: String, parallel: Int, in folder: SavedFile) throws -> ReproducibilityCheck {
        let header = try GGUFHeader(contentsOf: try ModelStore().resolve(name).url)
        let weights = ModelWeights(try LlamaModel(path: header.url.path, ModelParams(), isCancelled: { false }, onProgress: { _ in }))
        let recipe = ContextRecipe(weights: weights, settings: .standard(.f16, threads: 2), rows: 256, abort: AbortSignal())
        let size = Vocabulary(weights).size
        return ReproducibilityCheck(
            .automatic,
            parallel: parallel,
            key: "\(name) \(parallel)",
            store: ReproducibilityStore(folder: folder.url)
        ) { abort in
            var recipe = recipe
            recipe.abort = abort
            return ReproducibilityProbe(
                recipe,
                vocabularySize: size,
                parallel: parallel,
                bytesPerToken: header.cacheBytesPerToken(.f16)
            )
        }
    }

    @Test("the default model keeps its logits in batches of 8 and whole chunks, which is remembered")
    func small() throws {
        let folder = SavedFile()
        let check = try self.check(RealModel.name, parallel: 8, in: folder)
        #expect(check.status.state == .unchecked)
        try check.run()
        #expect(check.status.state == .kept)
        // How large a chunk is tried depends on how fast the machine is.
        let shape = check.status.shape
        #expect(shape.decodeBatch == 8 && [64, 256].contains(shape.prefillChunk))
        // Its kernels for few rows and for many round alike from some number of rows on, wherever a prompt is cut.
        #expect(shape.blocks.cut == 1 && shape.blocks.sharesLast && !shape.blocks.sharesAnswers)
        let again = try self.check(RealModel.name, parallel: 8, in: folder)
        #expect(again.status == check.status)
    }

    @Test(
        "a model of K-quants keeps them in batches of 3 alone, which would cost too much to be the default; with AMX in those of 8",
        .needsSecondModel
    )
    func second() throws {
        let check = try self.check(SecondModel.name, parallel: 8, in: SavedFile())
        try check.run()
        let hasAMX = LlamaLibrary.cpuFeatures.contains("AMX_INT8")
        #expect(check.status.state == (hasAMX ? .kept : .notKept))
        #expect((check.status.shape == .relaxed) == !hasAMX)
        #expect(check.status.report?.decodeBatch == (hasAMX ? 8 : 3))
        #expect(check.status.report?.prefillChunk ?? 0 >= 64)
    }
}
