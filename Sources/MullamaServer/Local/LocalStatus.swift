package import ChatTemplates
package import Foundation
import Mullama

/// What a daemon is doing, for ``LocalAPI``'s clients. Both sides read and write it here.
package struct LocalStatus: Sendable {
    package struct Model: Sendable {
        package enum State: String, Sendable {
            case loading, ready, unloading
        }

        package var name: String
        package var state: State
        /// Of a model that is being loaded, 0 to 1.
        package var progress: Double
        /// Bytes that it counts with.
        package var memory: Int
        /// Requests that use it.
        package var users: Int
        /// When it is unloaded if nobody asks for it; nil for never.
        package var expires: Date?
    }

    package var models: [Model]
    /// Answers that are computed together, of each model; nil from a daemon that does not tell.
    package var parallel: Int?

    /// Requests that have their model.
    package var requests: Int { self.models.reduce(0) { $0 + $1.users } }

    var json: TemplateValue {
        var fields: TemplateDictionary = ["models": .list(self.models.map(\.json))]
        fields["parallel"] = self.parallel.map { .integer($0) }
        return .dictionary(fields)
    }

    /// - Throws: ``APIError`` if it is another's answer.
    package init(json value: TemplateValue) throws {
        let fields = try RequestFields(value)
        self.models = try (fields.list("models") ?? []).map { try Model(RequestFields($0)) }
        self.parallel = try fields.integer("parallel")
    }

    init(_ models: [LoadedModel], parallel: Int) {
        self.models = models.map { Model($0) }
        self.parallel = parallel
    }
}

extension LocalStatus.Model {
    init(_ model: LoadedModel) {
        self.init(
            name: model.reference.name,
            state: .ready,
            progress: 1,
            memory: model.memory,
            users: model.users,
            expires: model.expires
        )
        switch model.state {
        case .loading(let progress): (self.state, self.progress) = (.loading, progress)
        case .ready: break
        case .unloading: self.state = .unloading
        }
    }

    fileprivate init(_ fields: RequestFields) throws {
        self.init(
            name: try fields.string("name") ?? "",
            state: try fields.string("state").flatMap(State.init(rawValue:)) ?? .ready,
            progress: try fields.number("progress") ?? 1,
            memory: try fields.integer("memory") ?? 0,
            users: try fields.integer("users") ?? 0,
            expires: try fields.number("expires").map { Date(timeIntervalSince1970: $0) }
        )
    }

    fileprivate var json: TemplateValue {
        var fields: TemplateDictionary = [
            "name": .string(self.name), "state": .string(self.state.rawValue), "progress": .double(self.progress),
            "memory": .integer(self.memory), "users": .integer(self.users),
        ]
        fields["expires"] = self.expires.map { .double($0.timeIntervalSince1970) }
        return .dictionary(fields)
    }
}
