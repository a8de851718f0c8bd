import ArgumentParser
import Mullama

/// How many sequences are computed together: a number, or as many as make sense on this machine.
enum ParallelChoice: Equatable, ExpressibleByArgument {
    case count(Int)
    case automatic

    static let explanation = """
        auto takes as many as the memory available now holds at that context size, with a tenth of it left to others, and at most four for \
        each thread that computes: a CPU gains little from more, and each answer gets slower
        """

    init?(argument: String) {
        if argument == "auto" {
            self = .automatic
        } else if let count = Int(argument) {
            self = .count(count)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .count(let count): "\(count)"
        case .automatic: "auto"
        }
    }

    static var allValueStrings: [String] { ["auto"] }

    /// The number itself.
    ///
    /// - Parameter recommended: What `auto` stands for.
    func number(_ recommended: () throws -> Int) rethrows -> Int {
        switch self {
        case .count(let count): count
        case .automatic: try recommended()
        }
    }
}
