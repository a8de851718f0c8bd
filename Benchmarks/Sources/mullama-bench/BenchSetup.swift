import Foundation
import Mullama

/// What every scenario measures with.
struct BenchSetup: Sendable {
    /// What both sides promise: this many requests at once, each with so many tokens.
    static let slots = 16
    static let contextSize = 4096

    var model: String
    var runs: Int
    var threads: Int
    /// The llama-server to measure against; nil measures ours alone.
    var server: String?
    /// The `mullama` whose `serve` is measured beside the library; nil leaves it out.
    var daemon: String?
    /// Whether answers may depend on load with ours.
    var reproducibility = Reproducibility.automatic
    /// What llama-server is fastest with.
    var tunedFlags: [String]

    /// Has the model checked, if it never was on this machine.
    ///
    /// - Returns: Within which bounds its answers do not depend on load.
    func check() async throws -> String {
        try await FreshProcess.output(of: ["check", "--model", self.model, "--threads", "\(self.threads)"])
    }

    func load(parallel: Int = 8, contextSize: Int? = nil) async throws -> AsyncModel {
        try await AsyncModel.load(self.model, ModelParams(threads: self.threads, parallel: parallel, contextSize: contextSize))
    }

    /// The sides among these that can be measured here.
    func sides(_ sides: [Side]) -> [Side] {
        sides.filter { side in
            switch side {
            case .server, .tunedServer: self.server != nil
            case .daemon, .tunedDaemon: self.daemon != nil
            default: true
            }
        }
    }

    /// Makes one side ready: a loaded model, or a server that answers.
    func contestant(_ side: Side, slots: Int = Self.slots) async throws -> any Contestant {
        switch side {
        case .server, .tunedServer:
            guard let server = self.server else { throw BenchError("no llama-server to measure against") }
            return try await LlamaServer(
                side,
                program: server,
                model: try ModelPath.of(self.model),
                slots: slots,
                contextSize: Self.contextSize,
                threads: self.threads,
                flags: side == .tunedServer ? self.tunedFlags : []
            )
        case .daemon, .tunedDaemon:
            guard let daemon = self.daemon else { throw BenchError("no mullama to serve") }
            return try await Daemon(
                side,
                program: daemon,
                model: try ModelPath.of(self.model),
                slots: slots,
                contextSize: Self.contextSize,
                threads: self.threads,
                // What llama-server does by default: answers depend on what else is computed.
                flags: side == .tunedDaemon ? ["--flash-attention", "on", "--reproducible", "relaxed"] : []
            )
        case .bareLoop:
            let path = try ModelPath.of(self.model)
            // With AMX, a load computes: on a thread that stays it would leave a team of threads that slows all others down (decision 3).
            return try await OwnThread.run { [threads] in
                Result { try BareLoop(path: path, threads: threads, contextSize: 512) }
            }.get()
        case .ours, .oursUnlimited, .oursPlain:
            var params = ModelParams(threads: self.threads, parallel: slots, contextSize: Self.contextSize)
            params.reproducibility = self.reproducibility
            if side != .ours {
                params.maxStall = .seconds(3600)
                params.prefillShare = 1
            }
            if side == .oursPlain { params.parkedMemory = 0 }
            return Library(
                side: side,
                model: try await AsyncModel.load(self.model, params),
                isolation: side == .oursPlain ? .strict : .shared
            )
        }
    }
}
