extension Duration {
    /// Itself, or 90 years if it is longer. Swift's clocks trap on instants whose nanoseconds do not fit 64 bits.
    var clampedForSleep: Duration { min(self, .seconds(90 * 365 * 86_400)) }
}
