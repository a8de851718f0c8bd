import InferenceCore

/// Which of an engine's steps embeddings have a part in. Prompts and embeddings both fill the time that those who are generating can spare: where
/// there are both, they take turns.
struct EmbeddingTurns: Sendable {
    /// Beside generations, calls of the class `batch` have a part in every so many steps.
    private static let stepsPerBatchTurn = 4

    private var steps = 0
    private var wasTurn = false

    /// Whether embeddings are computed before the next step, from which prompts are left out then.
    ///
    /// - Parameters:
    ///   - hasPrompts: Whether there are prompts to compute.
    ///   - isBusy: Whether there are generations.
    mutating func next(_ priority: RequestPriority, hasPrompts: Bool, isBusy: Bool) -> Bool {
        self.steps += 1
        if priority == .batch, isBusy {
            self.wasTurn = self.steps.isMultiple(of: Self.stepsPerBatchTurn)
        } else {
            self.wasTurn = !(hasPrompts && self.wasTurn)
        }
        return self.wasTurn
    }
}
