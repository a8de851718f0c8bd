import Foundation
import Mullama
import MullamaServer
import Synchronization

/// A chat with a daemon's model. The history is here; the daemon finds what it has computed of it by its beginning.
final class DaemonConversation: Conversation {
    private let source: DaemonModel
    private let contextSize: Int?
    private let transcript: Mutex<ChatTranscript>

    init(_ source: DaemonModel, _ job: AnswerJob) {
        self.source = source
        self.contextSize = job.params.contextSize
        self.transcript = Mutex(ChatTranscript(instructions: job.system))
    }

    var modelName: String { self.source.modelName }
    let lacksTemplate = false
    var instructions: String? { self.transcript.withLock { $0.instructions } }
    var messages: [ChatMessage] { self.transcript.withLock { $0.messages } }

    func setInstructions(_ instructions: String?) { self.transcript.withLock { $0.instructions = instructions } }
    func clear() { self.transcript.withLock { $0.messages = [] } }

    func save(to url: URL) async throws {
        let transcript = self.transcript.withLock { $0 }
        try await Blocking.run { try transcript.write(to: url) }
    }

    func load(from url: URL) async throws {
        let loaded = try await Blocking.run { try ChatTranscript(contentsOf: url) }
        self.transcript.withLock { $0 = loaded }
    }

    func answer(
        _ question: String?,
        maxTokens: Int,
        options: GenerationOptions,
        onText: (String) async throws -> Void
    ) async throws -> Answer {
        var asked = self.transcript.withLock { $0 }
        if let question { asked.messages.append(ChatMessage(.user, question)) } else { asked.messages = try asked.question() }
        let source = self.source
        let contextSize = self.contextSize
        let (parts, sink) = AsyncStream<String>.makeStream()
        let work = Task { [asked] in
            defer { sink.finish() }
            return await source.answer(.messages(asked.prompt), maxTokens, options, contextSize) { sink.yield($0) }
        }
        let watch = options.cancellation?.onCancel { work.cancel() }
        defer { if let watch { options.cancellation?.removeHandler(watch) } }
        var failure: (any Error)?
        await withTaskCancellationHandler {
            for await part in parts where failure == nil {
                do {
                    try await onText(part)
                } catch {
                    failure = error
                    work.cancel()
                }
            }
        } onCancel: {
            work.cancel()
        }
        let (answer, error) = await work.value
        if let error = failure ?? error {
            self.keep(answer.text, after: asked, isWhole: false)
            throw error
        }
        self.keep(answer.text, after: asked, isWhole: true)
        return answer
    }

    private func keep(_ text: String, after asked: ChatTranscript, isWhole: Bool) {
        guard isWhole || !text.isEmpty else { return }
        var answer = ChatMessage(.assistant, text)
        answer.isIncomplete = !isWhole
        self.transcript.withLock { $0.messages = asked.messages + [answer] }
    }
}
