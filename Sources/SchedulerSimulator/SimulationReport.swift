/// What a simulation came to. Times are virtual.
public struct SimulationReport: Sendable, Hashable, Encodable {
    /// What the machine did.
    public struct Work: Sendable, Hashable, Encodable {
        public internal(set) var steps = 0
        /// Seconds in which it computed.
        public internal(set) var busy = 0.0
        public internal(set) var computedPromptTokens = 0
        public internal(set) var copies = 0
        public internal(set) var parks = 0
        public internal(set) var restores = 0
        public internal(set) var resizes = 0
        public internal(set) var peakCells = 0
    }

    /// Seconds from the trace's beginning to the last request's end.
    public internal(set) var duration = 0.0
    public internal(set) var work = Work()
    /// The most requests that waited for a place.
    public internal(set) var peakQueue = 0
    /// The most that had one.
    public internal(set) var peakRunning = 0
    /// Requests that never ended: nought, or the scheduler has a fault.
    public internal(set) var unfinished = 0
    /// All requests together.
    public internal(set) var all = GroupReport(name: "all")
    /// By the names of groups.
    public internal(set) var groups: [GroupReport] = []

    public subscript(group: String) -> GroupReport? { self.groups.first { $0.name == group } }
}
