/// What waits to be run, as a value: higher priorities first, and first come, first served among equals.
///
/// Every sixteenth turn goes to the lowest priority that waits, so that a crowd of urgent jobs slows the others down but never stops them.
struct JobLanes<Job> {
    /// The lowest priorities of the lanes: those of `TaskPriority`'s names, from `high` to `background`.
    private static var floors: [UInt8] { [25, 21, 17, 10, 0] }
    private static var turnsOfHighest: Int { 15 }

    private struct Lane {
        var jobs: [Job?] = []
        /// Where the jobs begin: what stands before was taken.
        var head = 0

        var isEmpty: Bool { self.head == self.jobs.count }

        mutating func takeFirst() -> Job? {
            guard !self.isEmpty else { return nil }
            defer {
                self.head += 1
                // Half of it empty: moving the rest costs no more than the takes that came before.
                if self.head * 2 >= self.jobs.count {
                    self.jobs.removeFirst(self.head)
                    self.head = 0
                }
            }
            return self.jobs[self.head].take()
        }
    }

    private var lanes = Self.floors.map { _ in Lane() }
    private var turns = 0
    private(set) var count = 0

    mutating func append(_ job: Job, priority: UInt8) {
        let lane = Self.floors.firstIndex { $0 <= priority } ?? Self.floors.count - 1
        self.lanes[lane].jobs.append(job)
        self.count += 1
    }

    mutating func takeNext() -> Job? {
        guard self.count > 0 else { return nil }
        let isTurnOfLowest = self.turns == Self.turnsOfHighest
        self.turns = isTurnOfLowest ? 0 : self.turns + 1
        let lane = isTurnOfLowest ? self.lanes.lastIndex { !$0.isEmpty } : self.lanes.firstIndex { !$0.isEmpty }
        guard let lane else { return nil }
        self.count -= 1
        return self.lanes[lane].takeFirst()
    }
}
