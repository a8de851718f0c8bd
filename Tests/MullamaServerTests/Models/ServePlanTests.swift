import Mullama
import Testing

@testable import MullamaServer

@Suite struct ServePlanTests {
    let fixture: StoreFixture

    init() throws {
        self.fixture = try StoreFixture()
        try self.fixture.add("a:1", content: SmallGGUF.bytes)
        try self.fixture.add("b:1", content: SmallGGUF.bytes + [0])
    }

    private func plan(_ budget: Int, parallel: Int = 4, contextSize: Int? = nil, named: [NamedModel] = ["a:1"]) async throws -> ServePlan {
        try await ModelRegistry(
            named: named,
            params: ModelParams(parallel: parallel, contextSize: contextSize),
            store: self.fixture.store,
            memoryBudget: budget
        ).plan()
    }

    @Test func countsWhatIsPromised() async throws {
        let plan = try await self.plan(1 << 40, named: ["a:1", "b:1"])
        let model = try #require(plan.models.first)
        #expect(plan.models.map(\.name) == ["a:1", "b:1"])
        #expect(model.contextSize == 2048)
        #expect(model.estimate.weights == 64 * 48 * 4)
        #expect(model.estimate.cache == 4 * 2048 * SmallGGUF.cacheBytesPerToken)
        #expect(model.fits)
        #expect(plan.total == plan.models.reduce(0) { $0 + $1.estimate.most })
        try plan.validate()
        #expect(plan.text.contains("a:1 (default)"))
        #expect(plan.text.contains("all of them"))
        #expect(!plan.text.contains("more than there is"))
    }

    @Test func whatDoesNotFitIsRefusedWithWhatDoes() async throws {
        let needed = try #require(try await self.plan(1 << 40).models.first).estimate.most
        try await self.plan(needed).validate()
        let plan = try await self.plan(needed - 1)
        let model = plan.models[0]
        let error = #expect(throws: MullamaError.self) { try plan.validate() }
        #expect(error?.code == .outOfMemory)
        #expect(
            error?.message.contains("lower parallel to \(model.largestParallel), or lower the context size to \(model.fittingContextSize)")
                == true
        )
        #expect(plan.text.contains("does not fit"))
        #expect((1...3).contains(model.largestParallel))
        #expect((256..<2048).contains(model.fittingContextSize) && model.fittingContextSize.isMultiple(of: 256))
        // The advice holds, and more contexts would not fit.
        try await self.plan(needed - 1, parallel: model.largestParallel).validate()
        try await self.plan(needed - 1, contextSize: model.fittingContextSize).validate()
        for parallel in (model.largestParallel + 1)...4 {
            #expect(try await self.plan(needed - 1, parallel: parallel).models[0].fits == false)
        }
    }

    @Test func whatFitsInNoWayIsSaidToBeTooLarge() async throws {
        let plan = try await self.plan(20_000)
        let error = #expect(throws: MullamaError.self) { try plan.validate() }
        #expect(error?.message.contains("use a smaller model") == true)
        #expect(error?.message.contains("lower") == false)
    }

    @Test func onlyTheDefaultModelHasToFit() async throws {
        let small = try #require(try await self.plan(1 << 40).models.first).estimate.most
        let plan = try await self.plan(small, named: ["a:1", "b:1"])
        try plan.validate()
        #expect(plan.text.contains("more than there is"))
    }

    @Test func aServerWithoutNamedModelsHasAnEmptyPlan() async throws {
        let plan = try await self.plan(1000, named: [])
        try plan.validate()
        #expect(plan.models.isEmpty)
        #expect(plan.text == "memory for models: 1.0 KB")
    }

    @Test func aFileThatIsNoModelIsSaid() async throws {
        try self.fixture.add("c:1", content: [1, 2, 3])
        let error = await #expect(throws: MullamaError.self) { try await self.plan(1000, named: ["c:1"]) }
        #expect(error?.code == .invalidModelFile)
    }
}
