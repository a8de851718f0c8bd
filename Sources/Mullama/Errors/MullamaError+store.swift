public import ModelStore

extension MullamaError {
    /// What the model store says, in our codes.
    public init(_ error: ModelStoreError) {
        let code: Code =
            switch error.code {
            case .modelNotFound, .invalidName: .modelNotFound
            case .unsupportedModel, .storeTooNew: .unsupportedModel
            case .ioFailed: .ioFailed
            case .alreadyExists: .invalidRequest
            default: .invalidModelFile
            }
        self.init(code, error.message, underlying: error.underlying.map { Int($0) })
    }
}
