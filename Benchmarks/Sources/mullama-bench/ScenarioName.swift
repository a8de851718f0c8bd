import ArgumentParser

enum ScenarioName: String, CaseIterable, ExpressibleByArgument {
    case oneStream = "one-stream"
    case together
    case contexts
    case sharedWeights = "shared-weights"
    case heartbeat
    case pool
    case cancel
    case templates

    var scenario: any Scenario {
        switch self {
        case .oneStream: OneStreamScenario()
        case .together: TogetherScenario()
        case .contexts: ContextsScenario()
        case .sharedWeights: SharedWeightsScenario()
        case .heartbeat: HeartbeatScenario()
        case .pool: PoolScenario()
        case .cancel: CancelScenario()
        case .templates: TemplatesScenario()
        }
    }
}
