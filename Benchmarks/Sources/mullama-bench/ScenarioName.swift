import ArgumentParser

enum ScenarioName: String, CaseIterable, ExpressibleByArgument {
    case oneStream = "one-stream"
    case longPrompt = "long-prompt"
    case streams
    case distinctPrompts = "distinct-prompts"
    case preamble
    case arrival
    case leaving
    case sameAnswer = "same-answer"
    case memory
    case oneToken = "one-token"
    case refusals
    case turns
    case everythingOn = "everything-on"
    case together
    case contexts
    case sharedWeights = "shared-weights"
    case idleModel = "idle-model"
    case heartbeat
    case pool
    case cancel
    case templates

    var scenario: any Scenario {
        switch self {
        case .oneStream: OneStreamScenario()
        case .longPrompt: LongPromptScenario()
        case .streams: StreamsScenario()
        case .distinctPrompts: DistinctPromptsScenario()
        case .preamble: PreambleScenario()
        case .arrival: ArrivalScenario()
        case .leaving: LeavingScenario()
        case .sameAnswer: SameAnswerScenario()
        case .memory: MemoryScenario()
        case .oneToken: OneTokenScenario()
        case .refusals: RefusalsScenario()
        case .turns: TurnsScenario()
        case .everythingOn: EverythingOnScenario()
        case .together: TogetherScenario()
        case .contexts: ContextsScenario()
        case .sharedWeights: SharedWeightsScenario()
        case .idleModel: IdleModelScenario()
        case .heartbeat: HeartbeatScenario()
        case .pool: PoolScenario()
        case .cancel: CancelScenario()
        case .templates: TemplatesScenario()
        }
    }
}
