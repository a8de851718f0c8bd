import Mullama
import MullamaServer

/// Shows how far a daemon is with loading a model, where somebody waits at a terminal for it.
struct LoadWatch: Sendable {
    private static let interval = Duration.milliseconds(250)

    private let progress: ProgressLine
    private let task: Task<Void, Never>?

    init(_ client: DaemonClient, _ model: String) {
        let progress = ProgressLine("Loading \(model)")
        self.progress = progress
        guard Output.error.isTerminal else {
            self.task = nil
            return
        }
        self.task = Task {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                guard let value = try? await client.get("/status"), let status = try? LocalStatus(json: value) else { continue }
                if let model = status.model(model), model.state == .loading { progress.show(model.progress) }
            }
        }
    }

    func end() {
        self.task?.cancel()
        self.progress.erase()
    }
}
