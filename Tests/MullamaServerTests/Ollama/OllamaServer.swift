import Foundation
import HummingbirdTesting
import ModelStore
import Mullama
import MullamaTestSupport

@testable import MullamaServer

/// A server with a store of its own and one model beside it, `small`, whose file has a header. Every load makes a new model without weights.
struct OllamaServer {
    let store: StoreFixture
    let loader: FakeModelLoader
    let state: ServerState
    /// What the model answers from when it is loaded first.
    let control: FakeControl

    /// - Parameter template: The chat template of all models. The usual one shows who said what, and a model without weights answers with what it
    ///   has read.
    init(
        _ control: FakeControl = FakeControl(),
        template: String? = "{% for message in messages %}{{ message.role }}:{{ message.content }};{% endfor %}",
        file: GGUFBuilder = .smallModel(license: "apache-2.0"),
        hasInfill: Bool = false,
        isLoadHeld: Bool = false
    ) throws {
        self.store = try StoreFixture()
        self.loader = FakeModelLoader(isHeld: isLoadHeld) {
            FakeModel($0, contextSize: 256, template: template, hasInfill: hasInfill).model
        }
        self.loader.control("small", control)
        self.control = control
        let models = try ModelRegistry(
            named: [NamedModel(try self.store.file("small.gguf", content: file.build()).path)],
            store: self.store.store,
            memoryBudget: 1 << 30,
            loader: self.loader
        )
        self.state = ServerState(settings: ServerSettings(), models: models)
    }

    func run<R: Sendable>(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> R) async throws -> R {
        try await TestServer.run(self.state, body)
    }
}

extension TestResponse {
    /// The body without what differs from run to run: times are `T`, durations `N`.
    var golden: String {
        self.text
            .replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#, with: "T")
            .replacing(#/(_duration": )\d+/#) { "\($0.output.1)N" }
    }

    /// What a stream's lines hold.
    var lines: [String] { self.golden.split(separator: "\n").map(String.init) }
}
