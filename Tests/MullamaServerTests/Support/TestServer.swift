import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import ModelStore
import Mullama
import MullamaTestSupport

@testable import MullamaServer

/// A server with a model that computes nothing, and its own folder.
struct TestServer {
    /// Hands out one model, whatever is asked for.
    private struct Loader: ModelLoading {
        let model: AsyncModel
        let isHeld: Bool

        func memoryNeed(of reference: ModelReference, _ params: ModelParams) async throws -> Int { 1 }

        func load(
            _ reference: ModelReference,
            _ params: ModelParams,
            onProgress: @escaping @Sendable (Double) -> Void
        ) async throws -> AsyncModel {
            // Until nobody wants it any more.
            if self.isHeld { try await Task.sleep(for: .seconds(3600)) }
            return self.model
        }
    }

    let state: ServerState
    let fake: FakeModel

    /// - Parameters:
    ///   - name: What the model is called; it is the default.
    ///   - isLoadHeld: Whether the model is never there, since its load does not end.
    init(
        _ fake: FakeModel = FakeModel(),
        name: String = "fake",
        settings: ServerSettings = ServerSettings(),
        params: ModelParams = ModelParams(),
        isLoadHeld: Bool = false
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mullama-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "\(name).gguf")
        try Data(SmallGGUF.bytes).write(to: file)
        let models = try ModelRegistry(
            named: [NamedModel(file.path)],
            params: params,
            store: ModelStore(root: folder.appending(path: "store")),
            memoryBudget: 1 << 30,
            loader: Loader(model: fake.model, isHeld: isLoadHeld)
        )
        self.state = ServerState(settings: settings, models: models)
        self.fake = fake
    }

    /// Runs it on a port of its own.
    func run<R: Sendable>(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> R) async throws -> R {
        try await Self.run(self.state, body)
    }

    static func run<R: Sendable>(
        _ state: ServerState,
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> R
    ) async throws -> R {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = ServerApplication(state: state).application(.hostname("127.0.0.1", port: 0), logger: logger)
        return try await application.test(.live) { try await body($0) }
    }
}

extension TestClientProtocol {
    /// - Returns: The answer's head, and its body as text.
    @discardableResult
    func post(_ path: String, _ json: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await self.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: json)) { $0 }
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await self.execute(uri: path, method: .get, headers: headers) { $0 }
    }
}

extension TestResponse {
    var text: String { String(buffer: self.body) }
}
