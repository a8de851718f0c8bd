import Testing

@testable import Mullama

@Suite("The order of a runtime's jobs")
struct JobLanesTests {
    private func drain(_ lanes: inout JobLanes<Int>) -> [Int] {
        var order: [Int] = []
        while let job = lanes.takeNext() { order.append(job) }
        return order
    }

    @Test("Higher priorities come first, and first come, first served among equals")
    func order() {
        var lanes = JobLanes<Int>()
        let priorities: [TaskPriority] = [.background, .medium, .high, .low, .userInitiated, .utility, .medium, .background]
        for (job, priority) in priorities.enumerated() { lanes.append(job, priority: priority.rawValue) }
        #expect(lanes.count == priorities.count)
        #expect(self.drain(&lanes) == [2, 4, 1, 6, 3, 5, 0, 7])
        #expect(lanes.count == 0)
    }

    @Test("Any number is a priority", arguments: [0, 1, 9, 33, 255] as [UInt8])
    func anyPriority(_ priority: UInt8) {
        var lanes = JobLanes<Int>()
        lanes.append(1, priority: priority)
        #expect(self.drain(&lanes) == [1])
    }

    @Test("However many urgent jobs come, the lowest priority has every sixteenth turn")
    func noStarvation() {
        var lanes = JobLanes<Int>()
        for job in 0..<3 { lanes.append(-job, priority: TaskPriority.background.rawValue) }
        var turnsOfLow: [Int] = []
        for turn in 1...64 {
            lanes.append(turn, priority: TaskPriority.high.rawValue)
            if let job = lanes.takeNext(), job <= 0 { turnsOfLow.append(turn) }
        }
        #expect(turnsOfLow == [16, 32, 48])
    }

    @Test("Jobs that come and go for long leave nothing behind, and none is lost or doubled")
    func longRun() {
        var lanes = JobLanes<Int>()
        var taken: [Int] = []
        var next = 0
        for round in 0..<500 {
            for _ in 0..<(round % 7) {
                lanes.append(next, priority: TaskPriority.medium.rawValue)
                next += 1
            }
            for _ in 0..<(round % 5) { if let job = lanes.takeNext() { taken.append(job) } }
        }
        taken += self.drain(&lanes)
        #expect(taken == Array(0..<next))
    }
}
