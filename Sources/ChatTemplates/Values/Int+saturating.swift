extension Int {
    /// The sum, or the nearest number of 64 bits to it where it is positive.
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = self.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
