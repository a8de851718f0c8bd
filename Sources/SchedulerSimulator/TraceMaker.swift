import InferenceCore

/// Collects the requests of a generated trace.
struct TraceMaker {
    private(set) var entries: [TraceEntry] = []
    private var random: SplitMix64
    private var lastContext: UInt64 = 0
    private var lastText: UInt64 = 1_000

    init(seed: UInt64) {
        self.random = SplitMix64(seed: seed)
    }

    mutating func singles(
        rate: Double,
        _ duration: Duration,
        prompt: ClosedRange<Int> = 20...400,
        answer: ClosedRange<Int> = 16...200,
        priority: RequestPriority = .normal
    ) {
        for time in self.times(rate: rate, duration) {
            self.add(time, self.newContext(), [self.text(prompt)], answer: self.count(answer), priority)
        }
    }

    mutating func bursts(of size: Int, rate: Double, _ duration: Duration) {
        for time in self.times(rate: rate / Double(size), duration) {
            let preamble = self.text(500...500)
            for _ in 0..<size {
                self.add(time, self.newContext(), [preamble, self.text(20...60)], answer: self.count(16...64), .normal)
            }
        }
    }

    mutating func agents(rate: Double, _ duration: Duration) {
        let instructions = (0..<4).map { _ in self.text(1_500...1_500) }
        for time in self.times(rate: rate / 6.5, duration) {
            let kind = Int.random(in: 0..<4, using: &self.random)
            self.conversation(
                time,
                from: instructions[kind],
                turns: Int.random(in: 3...10, using: &self.random),
                said: 40...200,
                pause: 0.05...2,
                .normal
            )
        }
    }

    mutating func chats(rate: Double, _ duration: Duration, priority: RequestPriority = .interactive) {
        let system = self.text(60...60)
        for time in self.times(rate: rate / 5, duration) {
            let turns = Int.random(in: 2...8, using: &self.random)
            self.conversation(time, from: system, turns: turns, said: 10...120, pause: 2...30, priority)
        }
    }

    /// Each turn's prompt holds all that was said before, as far as it fits.
    private mutating func conversation(
        _ start: Duration,
        from beginning: PromptPiece,
        turns: Int,
        said: ClosedRange<Int>,
        pause: ClosedRange<Double>,
        _ priority: RequestPriority
    ) {
        let context = self.newContext()
        var prompt = [beginning]
        for turn in 0..<turns {
            prompt.append(self.text(said))
            let answer = self.text(20...160)
            guard prompt.reduce(answer.tokens, { $0 + $1.tokens }) < 4_096 else { return }
            let wait = turn == 0 ? nil : Duration.seconds(Double.random(in: pause, using: &self.random))
            self.add(start, context, prompt, answer: answer.tokens, priority, pause: wait)
            prompt.append(answer)
        }
    }

    private mutating func add(
        _ time: Duration,
        _ context: UInt64,
        _ prompt: [PromptPiece],
        answer: Int,
        _ priority: RequestPriority,
        pause: Duration? = nil
    ) {
        // Most callers allow more than they get.
        self.entries.append(
            TraceEntry(
                arrival: time,
                context: context,
                prompt: prompt,
                answerTokens: answer,
                maxTokens: max(256, answer),
                priority: priority,
                pause: pause
            )
        )
    }

    private mutating func newContext() -> UInt64 {
        self.lastContext += 1
        return self.lastContext
    }

    private mutating func text(_ tokens: ClosedRange<Int>) -> PromptPiece {
        self.lastText += 1
        return PromptPiece(text: self.lastText, tokens: self.count(tokens))
    }

    /// Small ones more often than large ones: each doubling is as likely.
    private mutating func count(_ range: ClosedRange<Int>) -> Int {
        var octaves = [range.lowerBound]
        while let last = octaves.last, last * 2 <= range.upperBound { octaves.append(last * 2) }
        let low = octaves.randomElement(using: &self.random) ?? range.lowerBound
        return Int.random(in: low...min(range.upperBound, 2 * low - 1), using: &self.random)
    }

    private mutating func times(rate: Double, _ duration: Duration) -> [Duration] {
        var times: [Duration] = []
        var time: Duration = .zero
        while true {
            time += .seconds(self.exponential() / rate)
            guard time < duration else { return times }
            times.append(time)
        }
    }

    /// With a mean of 1, by comparisons alone: a logarithm is not the same on every machine (J. von Neumann, "Various techniques used in
    /// connection with random digits", 1951).
    private mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = Double.random(in: 0..<1, using: &self.random)
            var (previous, length) = (first, 1)
            while case let next = Double.random(in: 0..<1, using: &self.random), next < previous { (previous, length) = (next, length + 1) }
            if !length.isMultiple(of: 2) { return whole + first }
            whole += 1
        }
    }
}
