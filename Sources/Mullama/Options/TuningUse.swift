/// Whether a load takes the settings that were measured for the model on this machine.
public enum TuningUse: String, Sendable, Hashable, CaseIterable {
    /// If there are some, and as far as the caller sets none. The default.
    case remembered
    /// The defaults, as if nothing had been measured.
    case off
}
