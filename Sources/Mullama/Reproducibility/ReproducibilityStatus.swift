public import InferenceCore

/// Whether a loaded model's answers depend on what else runs, and why.
public struct ReproducibilityStatus: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The same prompt gives the same answer under any load: checked, and kept to.
        case kept
        /// Answers may depend on load.
        case notKept
        /// Not known yet: the check waits for the model to have nothing to do.
        case unchecked

        /// For sentences.
        package var text: String {
            switch self {
            case .kept: "kept"
            case .notKept: "not kept"
            case .unchecked: "unchecked"
            }
        }
    }

    public var state: State
    /// In one sentence, with the numbers.
    public var reason: String
    /// What was found; nil if nothing was checked.
    public var report: ReproducibilityReport?
    /// What is computed together.
    public var shape: StepShape

    package init(_ state: State, _ reason: String, report: ReproducibilityReport? = nil, shape: StepShape = .any) {
        self.state = state
        self.reason = reason
        self.report = report
        self.shape = shape
    }

    /// Nothing was found out.
    package static let unchecked = ReproducibilityStatus(.unchecked, "not checked yet: the model is checked when it has nothing to do")

    /// A model that computes whole texts, one by one.
    package static let encoder = ReproducibilityStatus(.kept, "each text is computed by itself, in one call")
}

extension ReproducibilityStatus {
    /// What may be lost without being asked for.
    private static let acceptedCost = 0.05

    /// What follows from a report; nil report: none is there.
    ///
    /// - Parameter parallel: The most sequences that will ever be computed together.
    package init(_ wanted: Reproducibility, _ report: ReproducibilityReport?, parallel: Int) {
        guard wanted != .relaxed else {
            self.init(.notKept, "relaxed, as asked: everything is computed together that saves time", report: report, shape: .relaxed)
            return
        }
        guard let report else {
            self = .unchecked
            return
        }
        guard let shape = report.shape else {
            let reason = "with these settings a prefix that is reused gives other logits than one that is computed"
            self.init(.notKept, reason, report: report, shape: .relaxed)
            return
        }
        let bounds = Self.bounds(report, parallel: parallel)
        guard wanted == .strict || report.cost <= Self.acceptedCost else {
            let cost = Int((report.cost * 100).rounded())
            let reason = "\(bounds), which would cost \(cost) % of the speed: ask for strict to keep to it"
            self.init(.notKept, reason, report: report, shape: .relaxed)
            return
        }
        self.init(.kept, bounds, report: report, shape: shape)
    }

    private static func bounds(_ report: ReproducibilityReport, parallel: Int) -> String {
        let batches =
            report.decodeBatch >= parallel
            ? "logits are equal to the bit with up to \(parallel) sequences together"
            : "logits are equal to the bit with at most \(report.decodeBatch) sequences together"
        return "\(batches) and prompts in chunks of \(report.blocks.least) to \(report.prefillChunk) tokens"
    }
}
