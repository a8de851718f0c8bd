/// What is to happen later, the earliest first; what is due at the same time in the order in which it was noted.
struct Timetable<Event: Sendable>: Sendable {
    private var entries: [(time: Duration, event: Event)] = []

    var next: Duration? { self.entries.last?.time }

    mutating func note(_ event: Event, at time: Duration) {
        // The earliest is last, where it is taken from without moving the others.
        var (low, high) = (0, self.entries.count)
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].time < time { high = middle } else { low = middle + 1 }
        }
        while low > 0, self.entries[low - 1].time == time { low -= 1 }
        self.entries.insert((time, event), at: low)
    }

    mutating func pop(until now: Duration) -> Event? {
        guard let next = self.next, next <= now else { return nil }
        return self.entries.removeLast().event
    }
}
