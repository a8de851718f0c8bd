#if canImport(Darwin)
private import Darwin
#elseif canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#endif

/// Powers of floating-point numbers: all that is taken from the C library.
enum Power {
    static func raise(_ base: Double, to exponent: Double) throws(TemplateError) -> Double {
        guard base != 0 || exponent >= 0 else { throw .value("0.0 cannot be raised to a negative power") }
        let result = pow(base, exponent)
        guard !result.isNaN || base.isNaN || exponent.isNaN else {
            throw .value("a negative number cannot be raised to a fractional power")
        }
        guard result.isFinite || !base.isFinite || !exponent.isFinite else {
            throw .value("the result of an operation is beyond a float's range")
        }
        return result
    }
}
