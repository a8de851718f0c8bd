import Foundation
import ModelStore
import Mullama

/// What the process ends with. Scripts rely on these: a status may be added, none changes its meaning.
///
/// Where `sysexits.h` or the usage of shells has a number for it, that one is taken.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case failure = 1
    case invalidRequest = 64
    case invalidData = 65
    case notFound = 66
    case unavailable = 69
    case engineFailed = 70
    case outOfMemory = 71
    case alreadyExists = 73
    case ioFailed = 74
    case overloaded = 75
    case timedOut = 124
    case interrupted = 130
    case outputClosed = 141
    case terminated = 143

    init(_ code: MullamaError.Code) {
        switch code {
        case .invalidRequest, .invalidGrammar: self = .invalidRequest
        case .invalidModelFile, .unsupportedModel, .contextWindowExceeded, .stateMismatch: self = .invalidData
        case .modelNotFound: self = .notFound
        case .engineFailed, .modelClosed, .poolClosed: self = .engineFailed
        case .outOfMemory, .cacheExhausted: self = .outOfMemory
        case .overloaded: self = .overloaded
        case .timedOut: self = .timedOut
        case .ioFailed: self = .ioFailed
        default: self = .failure
        }
    }

    init(_ code: ModelStoreError.Code) {
        switch code {
        case .modelNotFound, .invalidName: self = .notFound
        case .invalidModelFile, .truncatedModelFile, .unsupportedModel, .storeDamaged, .storeTooNew: self = .invalidData
        case .alreadyExists: self = .alreadyExists
        case .ioFailed: self = .ioFailed
        default: self = .failure
        }
    }

    /// Shells add 128 to the number of the signal that ended a process.
    init(signal: Int32) {
        self = signal == SIGTERM ? .terminated : .interrupted
    }

    var meaning: String {
        switch self {
        case .success: "done"
        case .failure: "any other error"
        case .invalidRequest: "wrong usage, a value out of its range, an invalid grammar"
        case .invalidData: "an unusable model file, a prompt longer than the context, or a line of input that came to nothing"
        case .notFound: "no such model or file"
        case .unavailable: "no daemon is running, or it went away"
        case .engineFailed: "llama.cpp failed"
        case .outOfMemory: "not enough memory"
        case .alreadyExists: "the name is taken"
        case .ioFailed: "reading or writing failed"
        case .overloaded: "more is asked for than can be queued"
        case .timedOut: "the deadline passed"
        case .interrupted: "interrupted with Ctrl+C; what was answered so far is printed"
        case .outputClosed: "the reader of standard output went away, as head does; says nothing"
        case .terminated: "ended by SIGTERM, or by another of the daemon's clients; what was answered so far is printed"
        }
    }

    /// All of them as lines for the help.
    static var help: String {
        TextTable(rows: self.allCases.map { ["\($0.rawValue)", $0.meaning] }, alignments: [.right]).lines
            .map { "  \($0)" }.joined(separator: "\n")
    }
}
