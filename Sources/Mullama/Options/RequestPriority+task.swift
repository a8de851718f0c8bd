import InferenceCore

extension RequestPriority {
    /// The class of a request that a task of this priority makes.
    init(_ priority: TaskPriority) {
        switch priority {
        case TaskPriority.background...TaskPriority.utility: self = .batch
        case TaskPriority.high...: self = .interactive
        default: self = .normal
        }
    }
}
