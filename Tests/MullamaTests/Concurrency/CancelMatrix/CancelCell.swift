import Testing

/// One place of the matrix phase × way.
struct CancelCell: Sendable, CustomTestStringConvertible {
    var phase: CancelPhase
    var way: CancelWay

    var testDescription: String { "\(self.way.rawValue) in \(self.phase.rawValue)" }

    static let everything = CancelPhase.allCases.flatMap { phase in CancelWay.allCases.map { CancelCell(phase: phase, way: $0) } }
    static let all = Self.everything.filter { $0.reasonForAbsence == nil }
    static let onGenerations = Self.all.filter { $0.phase != .loading }
    static let onLoads = Self.all.filter { $0.phase == .loading }

    /// Why there is no such case; nil if there is.
    var reasonForAbsence: String? {
        switch (self.phase, self.way) {
        case (.loading, .task), (.loading, .timeout): nil
        case (.loading, .token), (.loading, .deadline): "tokens and deadlines are options of a generation, and a load has none"
        case (.loading, _): "without a model there is no stream, no context and nothing to close"
        case (.beforeSubmit, .earlyBreak), (.queued, .earlyBreak), (.prefill, .earlyBreak):
            "the loop has not been entered: there is no text yet"
        default: nil
        }
    }

    /// What the call comes to.
    var expectedEnd: Victim.End {
        switch self.way {
        case .dropped, .earlyBreak: .left
        case .contextGone, .modelClosed: .whole
        case _ where self.phase == .afterEnd: .whole
        case .task, .token: .cancelled
        case .timeout, .deadline: .timedOut
        }
    }
}
