import InferenceCore
import MullamaTestSupport
import Testing

@testable import Mullama

@Suite("Cancel matrix: phase × way", .timeLimit(.minutes(2)))
struct CancelMatrixTests {
    @Test(
        "S22 S23 S24 S25 S10: the caller knows while the engine is in its step, the next step has the slot, the rest is untouched",
        arguments: CancelCell.onGenerations.filter { !$0.way.isHarmless }
    )
    func ends(_ cell: CancelCell) async throws {
        let scene = try await CancelScene(cell)
        let control = scene.fake.control
        let textSoFar = scene.textSoFar
        _ = try await scene.victim.strike(scene.fake.model)

        // The engine is held in the step that it was in, and the text thread in its text.
        let outcome = await scene.victim.outcome
        #expect(outcome.end == cell.expectedEnd)
        switch outcome.end {
        case .timedOut: #expect(outcome.text == (textSoFar.isEmpty ? nil : textSoFar))
        case .whole: #expect(outcome.text == CancelScene.answer(to: Victim.prompt, 8))
        case .cancelled, .left, .failed: break
        }

        let entered = control.log.plans.count
        control.releaseText()
        let next = AsyncContext(scene.fake.model).stream(Victim.prompt, maxTokens: 8, options: .greedy)
        _ = try await scene.fake.model.tokenize("")
        control.release(1)
        await control.steps(entered + 1)
        if cell.phase != .queued {
            #expect(control.log.step?.prefill.contains { $0.request == RequestID(4) } == true, "the slot is not usable in the next step")
        }

        let warmTokens = scene.warmTokens
        control.release()
        let generation = try await next.collect()
        #expect(generation.text == CancelScene.answer(to: Victim.prompt, 8))
        #expect(generation.usage.cachedTokens == warmTokens)
        #expect((warmTokens > 0) == (cell.phase != .beforeSubmit && cell.phase != .queued))
        try await scene.expectOthersUntouched()
        #expect(control.log.live.isEmpty)
        #expect(!control.log.plans[entered...].contains { $0.names(CancelScene.request) }, "the engine worked on for nobody")
    }

    @Test(
        "S34: neither a context that goes away nor a model that is closed ends a call",
        arguments: CancelCell.onGenerations.filter(\.way.isHarmless)
    )
    func serves(_ cell: CancelCell) async throws {
        let scene = try await CancelScene(cell)
        let closing = try await scene.victim.strike(scene.fake.model)
        scene.fake.control.releaseText()
        scene.fake.control.release()

        let outcome = await scene.victim.outcome
        #expect(outcome.end == .whole)
        #expect(outcome.text == CancelScene.answer(to: Victim.prompt, cell.phase == .afterEnd ? 8 : 100))
        try await scene.expectOthersUntouched()
        #expect(scene.fake.control.log.live.isEmpty)

        guard let closing else { return }
        await closing.value
        await #expect {
            _ = try await AsyncContext(scene.fake.model).generate("late")
        } throws: { error in
            (error as? MullamaError)?.code == .modelClosed
        }
    }

    @Test("What is not in the matrix has a reason, and all else is in it")
    func complete() {
        #expect(CancelCell.everything.count == CancelPhase.allCases.count * CancelWay.allCases.count)
        #expect(CancelCell.all.count == 47)
        #expect(CancelCell.everything.count { $0.reasonForAbsence != nil } == 9)
    }
}
