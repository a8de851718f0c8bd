import Mullama

extension MullamaError.Code {
    /// All that there are, to be found by their names.
    static let all: [MullamaError.Code] = [
        .modelNotFound, .invalidModelFile, .unsupportedModel, .outOfMemory, .invalidRequest, .invalidGrammar, .contextWindowExceeded,
        .cacheExhausted, .overloaded, .timedOut, .poolClosed, .runtimeShutDown, .modelClosed, .stateMismatch, .ioFailed, .engineFailed,
    ]
}
