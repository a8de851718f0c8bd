/// Whether a model's answers may depend on what else runs.
///
/// The kernels of llama.cpp that compute many rows round otherwise than those for few, so that an answer can come to differ when others run
/// beside it. For most models there are bounds on what is computed together within which it does not, to the bit; a check
/// at the first load finds them.
public enum Reproducibility: String, Sendable, Hashable, CaseIterable {
    /// The same prompt gives the same answer under any load, whatever that costs. Loading such a model for the first time on a machine waits
    /// until its bounds are found, which takes a second for a small model and longer for a large one.
    case strict
    /// Everything is computed together that saves time. Nothing is checked.
    case relaxed
    /// As `strict` where that costs less than 5 % of the speed, else as `relaxed`. What holds is found while the model has nothing to do, and
    /// remembered for the next load: until then nothing is bounded. The default.
    case automatic
}
