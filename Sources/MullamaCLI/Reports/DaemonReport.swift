import Foundation
import Mullama
import MullamaServer

/// What a daemon has in memory and is doing.
struct DaemonReport: Encodable {
    struct Model: Encodable {
        let name: String
        let state: String
        /// In bytes.
        let memory: Int
        let users: Int
        /// Missing for one that is kept for ever.
        let until: Date?
    }

    let models: [Model]
    let requests: [RunningRequest]

    init(_ status: LocalStatus, _ requests: [RunningRequest]) {
        self.models = status.models.map {
            Model(name: $0.name, state: $0.state.rawValue, memory: $0.memory, users: $0.users, until: $0.expires)
        }
        self.requests = requests
    }

    func text(now: Date) -> String {
        let models = TextTable(
            header: ["MODEL", "STATE", "MEMORY", "USERS", "UNTIL"],
            rows: self.models.map { model in
                let until = model.until.map { "in \(Quantity.rough(.seconds(max(0, $0.timeIntervalSince(now)))))" } ?? "for ever"
                return [model.name, model.state, ByteCount(model.memory).description, "\(model.users)", until]
            },
            alignments: [.left, .left, .right, .right]
        )
        guard !self.requests.isEmpty else { return models.text }
        return models.text + "\n" + RunningRequest.table(self.requests).text
    }
}
