import Testing

@testable import MullamaServer

/// What happens to models a, b and c: `ask` and the like return what is to be done, written short.
@Suite struct RegistryStateTests {
    // MARK: Loading

    @Test func aModelIsLoadedOnceForAllWhoAsk() {
        var bench = RegistryBench(budget: 10)
        #expect(bench.ask("a", as: "1") == ["load a"])
        #expect(bench.ask("a", as: "2") == [])
        #expect(bench.loaded("a") == ["1 has a", "2 has a"])
        #expect(bench.ask("a", as: "3") == ["3 has a"])
    }

    @Test func loadsGoOnBesideEachOther() {
        var bench = RegistryBench(budget: 10)
        #expect(bench.ask("a", as: "1") == ["load a"])
        #expect(bench.ask("b", as: "2") == ["load b"])
        #expect(bench.loaded("b") == ["2 has b"])
        #expect(bench.loaded("a") == ["1 has a"])
    }

    @Test func aFailedLoadIsToldToAllAndTriedAgain() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1")
        _ = bench.ask("a", as: "2")
        #expect(bench.failed("a") == ["1 failed", "2 failed"])
        #expect(bench.state.entries.isEmpty)
        #expect(bench.ask("a", as: "3") == ["load a"])
    }

    @Test func aFailedLoadLeavesItsMemoryToWhoWaits() {
        var bench = RegistryBench(budget: 6)
        _ = bench.ask("a", as: "1")
        #expect(bench.ask("b", as: "2") == [])
        #expect(bench.failed("a") == ["1 failed", "load b"])
    }

    @Test func cancellingLeavesALoadToTheOthers() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1")
        _ = bench.ask("a", as: "2")
        #expect(bench.cancel("1") == ["1 cancelled"])
        #expect(bench.cancel("2") == ["2 cancelled", "cancel a"])
        #expect(bench.failed("a") == [])
        #expect(bench.state.entries.isEmpty)
    }

    @Test func whoAsksForALoadThatIsGivenUpGetsTheNextOne() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1")
        _ = bench.cancel("1")
        #expect(bench.ask("a", as: "2") == [], "a second copy is loaded beside the first")
        #expect(bench.failed("a") == ["load a"])
        #expect(bench.loaded("a") == ["2 has a"])
    }

    @Test func aLoadThatEndsInSpiteOfItsCancelIsUsed() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1")
        _ = bench.cancel("1")
        _ = bench.ask("a", as: "2")
        #expect(bench.loaded("a") == ["2 has a"])
        _ = bench.ask("b", as: "3")
        _ = bench.cancel("3")
        #expect(bench.loaded("b") == [])
        #expect(bench.wait(.seconds(300)) == ["unload b"])
    }

    @Test func whoHasAModelCannotCancel() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        #expect(bench.cancel("1") == [])
        #expect(bench.state.entries[ModelKey(path: "a")]?.users == 1)
    }

    // MARK: Keeping

    @Test func aModelIsKeptForItsTimeAfterItsLastUse() {
        var bench = RegistryBench(budget: 10)
        bench.keep("a")
        #expect(bench.wait(.seconds(299)) == [])
        #expect(bench.ask("a", as: "1") == ["1 has a"])
        #expect(bench.wait(.seconds(1000)) == [], "a model in use is unloaded")
        #expect(bench.release("a") == [])
        #expect(bench.state.nextEvent == .seconds(1599))
        #expect(bench.wait(.seconds(300)) == ["unload a"])
        #expect(bench.state.nextEvent == nil)
        #expect(bench.unloaded("a") == [])
        #expect(bench.ask("a", as: "2") == ["load a"])
    }

    @Test func aRequestsOwnTimeHoldsFromThenOn() {
        var bench = RegistryBench(budget: 10)
        bench.keep("a", keepAlive: .duration(.seconds(10)))
        _ = bench.ask("a", as: "1")
        _ = bench.release("a")
        #expect(bench.state.nextEvent == .seconds(10))
        _ = bench.ask("a", as: "2", keepAlive: .forever)
        _ = bench.release("a")
        #expect(bench.state.nextEvent == nil)
        _ = bench.ask("a", as: "3", keepAlive: .duration(.zero))
        #expect(bench.release("a") == ["unload a"])
        // It is over with the model.
        _ = bench.unloaded("a")
        bench.keep("a")
        #expect(bench.state.nextEvent == .seconds(300))
    }

    @Test func aTimeOfZeroWaitsForTheLastUser() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1", keepAlive: .duration(.zero))
        #expect(bench.loaded("a") == ["1 has a"])
        _ = bench.ask("a", as: "2")
        #expect(bench.release("a") == [])
        #expect(bench.release("a") == ["unload a"])
    }

    @Test func forEverIsForEver() {
        var bench = RegistryBench(budget: 10)
        _ = bench.ask("a", as: "1", usual: .forever)
        _ = bench.loaded("a")
        _ = bench.release("a")
        #expect(bench.wait(.seconds(1_000_000)) == [])
    }

    @Test func unloadingWaitsForUsersAndIsForgottenWhereANewTimeIsGiven() {
        var bench = RegistryBench(budget: 10)
        #expect(bench.unload("a") == [])
        bench.keep("a")
        #expect(bench.unload("a") == ["unload a"])
        #expect(bench.unload("a") == [])
        _ = bench.unloaded("a")

        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        #expect(bench.unload("a") == [])
        #expect(bench.ask("a", as: "2") == ["2 has a"])
        #expect(bench.release("a") == [])
        #expect(bench.release("a") == ["unload a"])
        _ = bench.unloaded("a")

        _ = bench.ask("a", as: "3")
        _ = bench.loaded("a")
        _ = bench.unload("a")
        _ = bench.ask("a", as: "4", keepAlive: .duration(.seconds(1)))
        _ = bench.release("a")
        #expect(bench.release("a") == [])
        #expect(bench.wait(.seconds(1)) == ["unload a"])
    }

    @Test func whoAsksWhileAModelGoesGetsItAfterThat() {
        var bench = RegistryBench(budget: 10)
        bench.keep("a", keepAlive: .duration(.seconds(1)))
        #expect(bench.wait(.seconds(1)) == ["unload a"])
        #expect(bench.ask("a", as: "1") == [])
        #expect(bench.ask("a", as: "2") == [])
        #expect(bench.cancel("1") == ["1 cancelled"])
        #expect(bench.unloaded("a") == ["load a"])
        #expect(bench.loaded("a") == ["2 has a"])
        _ = bench.release("a")
        #expect(bench.state.nextEvent == .seconds(301), "the time that was said about the model before holds for this one")
    }

    // MARK: Room

    @Test func theLeastRecentlyUsedGoesFirst() {
        var bench = RegistryBench(budget: 9)
        bench.keep("a")
        _ = bench.wait(.seconds(1))
        bench.keep("b")
        _ = bench.wait(.seconds(1))
        _ = bench.ask("a", as: "1")
        _ = bench.release("a")
        #expect(bench.ask("c", as: "2") == ["unload b"])
        #expect(bench.unloaded("b") == ["load c"])
        #expect(bench.loaded("c") == ["2 has c"])
    }

    @Test func noMoreGoThanMust() {
        var bench = RegistryBench(budget: 12, ["a": 4, "b": 4, "c": 4, "d": 5, "e": 8])
        for model in ["a", "b", "c"] {
            bench.keep(model)
            _ = bench.wait(.seconds(1))
        }
        #expect(bench.ask("d", as: "1") == ["unload a", "unload b"])
        #expect(bench.unloaded("b") == [])
        #expect(bench.unloaded("a") == ["load d"])
    }

    @Test func aModelInUseIsNeverTaken() {
        var bench = RegistryBench(budget: 9)
        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        bench.keep("b")
        #expect(bench.ask("c", as: "2") == ["unload b"])
        _ = bench.unloaded("b")
        _ = bench.loaded("c")
        #expect(bench.ask("b", as: "3") == [])
        #expect(bench.release("a") == ["unload a"])
        #expect(bench.unloaded("a") == ["load b"])
    }

    @Test func nothingGoesForWhatWouldNotFitAllTheSame() {
        var bench = RegistryBench(budget: 10, ["a": 4, "b": 4, "c": 8])
        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        bench.keep("b")
        #expect(bench.ask("c", as: "2") == [])
        #expect(bench.ask("b", as: "3") == ["3 has b"])
        _ = bench.release("b")
        _ = bench.wait(.seconds(1))
        #expect(bench.release("a") == ["unload b", "unload a"])
    }

    @Test func whoWaitsForRoomIsServedInOrder() {
        var bench = RegistryBench(budget: 4)
        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        #expect(bench.ask("b", as: "2") == [])
        #expect(bench.ask("c", as: "3") == [])
        #expect(bench.ask("b", as: "4") == [])
        // Whose model is there does not wait for the others.
        #expect(bench.ask("a", as: "5") == ["5 has a"])
        _ = bench.release("a")
        #expect(bench.release("a") == ["unload a"])
        #expect(bench.ask("a", as: "6") == [])
        #expect(bench.unloaded("a") == ["load b"])
        #expect(bench.loaded("b") == ["2 has b", "4 has b"])
        _ = bench.release("b")
        #expect(bench.release("b") == ["unload b"])
        #expect(bench.unloaded("b") == ["load c"])
        #expect(bench.loaded("c") == ["3 has c"])
        #expect(bench.release("c") == ["unload c"])
        #expect(bench.unloaded("c") == ["load a"])
    }

    @Test func whatFitsDoesNotWaitForALargerOne() {
        var bench = RegistryBench(budget: 10, ["a": 6, "b": 8, "c": 3])
        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        #expect(bench.ask("b", as: "2") == [])
        #expect(bench.ask("c", as: "3") == ["load c"])
    }

    @Test func whatWasSetAsideIsNotTakenByALaterOne() {
        var bench = RegistryBench(budget: 10, ["a": 6, "b": 8, "c": 3])
        bench.keep("a")
        #expect(bench.ask("b", as: "1") == ["unload a"])
        #expect(bench.ask("c", as: "2") == [], "what is free and what comes free is for b")
        #expect(bench.unloaded("a") == ["load b"])
        #expect(bench.ask("c", as: "3") == [])
        #expect(bench.loaded("b") == ["1 has b"])
        #expect(bench.release("b") == ["unload b"])
        #expect(bench.unloaded("b") == ["load c"])
    }

    @Test func nobodyCountsOnWhatComesFreeForAnother() {
        var bench = RegistryBench(budget: 12, ["a": 6, "b": 6, "c": 6, "d": 6])
        bench.keep("a")
        _ = bench.wait(.seconds(1))
        bench.keep("b")
        #expect(bench.ask("c", as: "1") == ["unload a"])
        #expect(bench.ask("d", as: "2") == ["unload b"])
        #expect(bench.unloaded("b") == ["load c"])
        #expect(bench.unloaded("a") == ["load d"])
    }

    @Test func whatIsFreeBesideWhatWasSetAsideIsUsed() {
        var bench = RegistryBench(budget: 12, ["a": 6, "b": 8, "c": 3, "d": 1])
        bench.keep("a")
        #expect(bench.ask("b", as: "1") == ["unload a"])
        #expect(bench.ask("c", as: "2") == ["load c"], "6 free and 6 to come: 4 of those are left")
        #expect(bench.ask("d", as: "3") == ["load d"])
        #expect(bench.unloaded("a") == ["load b"])
    }

    @Test func whatCanNeverFitIsRefusedAtOnce() {
        var bench = RegistryBench(budget: 3)
        bench.keep("b")
        #expect(bench.ask("a", as: "1") == ["1 too large: 4 of 3"])
        #expect(bench.state.entries.isEmpty)
        #expect(bench.state.nextEvent == nil)
    }

    @Test func waitingHasAnEnd() {
        var bench = RegistryBench(budget: 9, waitLimit: .seconds(10))
        for (model, call) in [("a", "1"), ("b", "2")] {
            _ = bench.ask(model, as: call)
            _ = bench.loaded(model)
        }
        _ = bench.ask("c", as: "3")
        _ = bench.wait(.seconds(4))
        _ = bench.ask("c", as: "4")
        #expect(bench.state.nextEvent == .seconds(10))
        #expect(bench.wait(.seconds(6)) == ["3 overloaded: 4 beside 8 of 2 in 9"])
        #expect(bench.state.nextEvent == .seconds(14))
        #expect(bench.wait(.seconds(4)) == ["4 overloaded: 4 beside 8 of 2 in 9"])
        #expect(bench.state.nextEvent == nil)
        #expect(bench.release("a") == [], "nobody is left who would need the room")
    }

    @Test func aLoadMayTakeLongerThanTheWait() {
        var bench = RegistryBench(budget: 9, waitLimit: .seconds(10))
        _ = bench.ask("a", as: "1")
        #expect(bench.state.nextEvent == nil)
        #expect(bench.wait(.seconds(100)) == [])
        #expect(bench.loaded("a") == ["1 has a"])
    }

    @Test func whoIsRefusedIsToldWhenToComeAgain() {
        var state = RegistryState(budget: 4, waitLimit: .seconds(1))
        let (a, b) = (ModelKey(path: "a"), ModelKey(path: "b"))
        func retryAfter(_ now: Duration) -> Duration? {
            _ = state.ask(b, need: 4, keepAlive: nil, usual: .standard, now: now)
            guard case .refuse(_, .overloaded(let shortage)) = state.advance(to: now + .seconds(1)).first else { return nil }
            return shortage.retryAfter
        }
        _ = state.ask(a, need: 4, keepAlive: nil, usual: .standard, now: .zero)
        _ = state.loaded(a, now: .zero)
        #expect(retryAfter(.zero) == .seconds(2))
        for _ in 0..<100 {
            _ = state.ask(a, need: 4, keepAlive: nil, usual: .standard, now: .zero)
            _ = state.release(a, held: .seconds(40), now: .zero)
        }
        let later = retryAfter(.zero)
        #expect(later.map { $0 > .seconds(39) && $0 < .seconds(40) } == true)
        for _ in 0..<100 {
            _ = state.ask(a, need: 4, keepAlive: nil, usual: .standard, now: .zero)
            _ = state.release(a, held: .seconds(4000), now: .zero)
        }
        #expect(retryAfter(.zero) == .seconds(60))
    }

    // MARK: Closing

    @Test func closingEndsAllWaitingAndTakesAllModels() {
        var bench = RegistryBench(budget: 9)
        _ = bench.ask("a", as: "1")
        _ = bench.loaded("a")
        _ = bench.ask("b", as: "2")
        _ = bench.ask("c", as: "3")
        #expect(bench.close() == ["2 closed", "cancel b", "3 closed", "unload a"])
        #expect(bench.close() == [])
        #expect(bench.ask("a", as: "4") == ["4 closed"])
        #expect(bench.release("a") == [])
        #expect(bench.unloaded("a") == [])
        #expect(bench.loaded("b") == ["unload b"], "a load that came through is left in memory")
        #expect(bench.unloaded("b") == [])
        #expect(bench.state.entries.isEmpty)
        #expect(bench.state.nextEvent == nil)
    }
}
