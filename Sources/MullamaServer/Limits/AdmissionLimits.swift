/// How much may be on its way at the same time. Counted in answers: a request for three choices counts as three.
struct AdmissionLimits: Sendable, Hashable {
    /// Answers of one model that run; more wait.
    var parallel: Int
    /// Answers of one model that may wait.
    var queue: Int
    /// Answers of all models, running or waiting; nil for no limit.
    var total: Int?
    /// Answers of requests with the same key; nil for no limit.
    var perKey: Int?
}
