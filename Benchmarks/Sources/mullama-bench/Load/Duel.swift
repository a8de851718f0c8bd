/// Measures several sides in turn, so that what changes on the machine meanwhile hits all of them. Those whose turn it is not are idle.
struct Duel {
    let setup: BenchSetup
    let sides: [Side]

    /// The sides that compute the same requests as others by default, ours also with llama-server's kernels.
    static let all: [Side] = [.server, .tunedServer, .ours, .daemon, .tunedDaemon]

    init(_ setup: BenchSetup, _ sides: [Side] = [.server, .tunedServer, .ours, .daemon]) {
        self.setup = setup
        self.sides = setup.sides(sides)
    }

    /// Runs the body for each side, so many times, or as often as there are runs; each run begins with another side.
    ///
    /// - Parameter body: Is given the number of the run, which prompts should depend on.
    /// - Returns: What came of each run of each side.
    func run<Value: Sendable>(
        times: Int? = nil,
        _ body: (_ contestant: any Contestant, _ run: Int) async throws -> Value
    ) async throws -> [Side: [Value]] {
        // llama.cpp's threads stop spinning, and get much slower, when a process has more of them than processors: of the sides that are
        // in this process only one may be there at a time.
        let brief = self.sides.filter { !$0.isServer }.count > 1 ? self.sides.filter { !$0.isServer } : []
        var standing: [Side: any Contestant] = [:]
        var values: [Side: [Value]] = [:]
        do {
            for side in self.sides where !brief.contains(side) { standing[side] = try await self.ready(side) }
            for run in 0..<(times ?? self.setup.runs) {
                for turn in self.sides.indices {
                    let side = self.sides[(turn + run) % self.sides.count]
                    if let contestant = standing[side] {
                        values[side, default: []].append(try await body(contestant, run))
                        try await contestant.settle()
                    } else {
                        let contestant = try await self.ready(side)
                        do {
                            values[side, default: []].append(try await body(contestant, run))
                        } catch {
                            await contestant.stop()
                            throw error
                        }
                        await contestant.stop()
                    }
                }
            }
        } catch {
            for contestant in standing.values { await contestant.stop() }
            throw error
        }
        for contestant in standing.values { await contestant.stop() }
        return values
    }

    /// A side that has had what only the first requests pay: caches that grow, and what our scheduler learns of the machine.
    private func ready(_ side: Side) async throws -> any Contestant {
        let contestant = try await self.setup.contestant(side)
        do {
            let prompts = side == .bareLoop ? [Prompts.short(99_999)] : (0..<4).map { Prompts.text(words: 100, number: 99_990 + $0) }
            _ = try await Load.together(prompts, tokens: 16, on: contestant)
        } catch {
            await contestant.stop()
            throw error
        }
        return contestant
    }
}
