/// Figures come from callers and from files, which may say anything: what is beyond all numbers stays at the largest.
extension Int {
    func saturatingTimes(_ other: Int) -> Int {
        let (value, overflow) = self.multipliedReportingOverflow(by: other)
        return overflow ? .max : value
    }

    func saturatingPlus(_ other: Int) -> Int {
        let (value, overflow) = self.addingReportingOverflow(other)
        return overflow ? .max : value
    }

    func roundedUp(toMultipleOf unit: Int) -> Int {
        let (sum, overflow) = self.addingReportingOverflow(unit - 1)
        return overflow ? self : sum / unit * unit
    }
}
