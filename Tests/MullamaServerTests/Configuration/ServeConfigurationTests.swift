import Foundation
import Mullama
import Testing

@testable import MullamaServer

@Suite("Configuration")
struct ServeConfigurationTests {
    private func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "mullama-settings-\(UUID()).json")
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func refusal(
        _ flags: [SettingName: [String]] = [:],
        _ environment: [String: String] = [:],
        file: String? = nil
    ) throws -> MullamaError {
        try #require(throws: MullamaError.self) { try ServeConfiguration(flags: flags, environment: environment, file: file) }
    }

    @Test("Without settings, the defaults hold")
    func standard() throws {
        let configuration = try ServeConfiguration(flags: [:], environment: ["XDG_RUNTIME_DIR": "/run/user/7"])
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.models.isEmpty)
        #expect(configuration.parallel == .count(8))
        #expect(configuration.socket == .path("/run/user/7/mullama/mullama.sock", isStandard: true))
        #expect(configuration.grace == .seconds(30))
        let params = configuration.params { 1 }
        #expect(configuration.serverSettings.queueLimit == 512)
        #expect(params.waitLimit == .seconds(300))
        #expect(params.threads == nil)
        #expect(params.flashAttention == nil)
        #expect(params.reproducibility == .automatic)
        #expect(configuration.settings.allSatisfy { $0.source == .standard && !$0.text.isEmpty })
        #expect(configuration.settings.map(\.name) == SettingName.allCases)
    }

    @Test("A flag counts before a variable, a variable before the file")
    func precedence() throws {
        let file = try self.file(#"{"port": 1, "grace": "1s", "max-queue": 3, "keep-alive": -1, "model": ["a", "b"], "ctx-size": 512.0}"#)
        let environment = ["MULLAMA_PORT": "2", "MULLAMA_GRACE": "2m", "MULLAMA_HOST": "", "MULLAMA_CORS_ORIGIN": "https://a.b, *"]
        let configuration = try ServeConfiguration(flags: [.port: ["3"]], environment: environment, file: file)
        #expect(configuration.port == 3)
        #expect(configuration.grace == .seconds(120))
        #expect(configuration.serverSettings.queueLimit == 3)
        #expect(configuration.keepAlive == .forever)
        #expect(configuration.models == ["a", "b"])
        #expect(configuration.params { 1 }.contextSize == 512)
        #expect(configuration.serverSettings.origins == ["https://a.b", "*"])
        // Empty variables count as missing.
        #expect(configuration.host == "127.0.0.1")
        let sources = Dictionary(uniqueKeysWithValues: configuration.settings.map { ($0.name, $0.source) })
        #expect(sources[.port] == .flag("--port"))
        #expect(sources[.grace] == .environment("MULLAMA_GRACE"))
        #expect(sources[.maxQueue] == .file(file))
        #expect(sources[.host] == .standard)
        #expect("\(SettingSource.environment("MULLAMA_GRACE"))" == "environment MULLAMA_GRACE")
    }

    @Test("Flash attention and how far answers may differ are the model's", arguments: [("on", true), ("off", false)])
    func attention(_ value: String, _ isOn: Bool) throws {
        let flags: [SettingName: [String]] = [.flashAttention: [value], .reproducible: ["relaxed"]]
        let params = try ServeConfiguration(flags: flags, environment: [:]).params { 1 }
        #expect(params.flashAttention == isOn)
        #expect(params.reproducibility == .relaxed)
    }

    @Test("The file may be named by a variable, and the flag counts before it")
    func named() throws {
        let (one, two) = (try self.file(#"{"port": 1}"#), try self.file(#"{"port": 2}"#))
        #expect(try ServeConfiguration(flags: [:], environment: ["MULLAMA_CONFIG": one]).port == 1)
        #expect(try ServeConfiguration(flags: [:], environment: ["MULLAMA_CONFIG": one], file: two).port == 2)
    }

    @Test("Without a name, the file in the user's folder of settings is taken if it is there")
    func usual() throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "mullama-home-\(UUID())")
        #expect(try ServeConfiguration(flags: [:], environment: ["HOME": home.path]).port == 8080)
        let folder = home.appending(path: ".config/mullama")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(#"{"port": 1}"#.utf8).write(to: folder.appending(path: "serve.json"))
        #expect(try ServeConfiguration(flags: [:], environment: ["HOME": home.path]).port == 1)
        #expect(try ServeConfiguration(flags: [:], environment: ["XDG_CONFIG_HOME": "\(home.path)/.config"]).port == 1)
        #expect(try ServeConfiguration(flags: [:], environment: ["HOME": home.path, "XDG_CONFIG_HOME": "/none"]).port == 8080)
    }

    @Test(
        "A bad value is refused with key, value, source and range",
        arguments: [
            (.port, "70000", "0 to 65535"), (.port, "http", "0 to 65535"), (.threads, "0", "1 to 512"),
            (.parallel, "many", "1 to 256, or auto"),
            (.parallel, "257", "1 to 256"), (.contextSize, "-1", "from 1"), (.cacheType, "f32", "q8_0"),
            (.flashAttention, "maybe", "on, off"), (.reproducible, "sometimes", "strict, relaxed, automatic"), (.maxQueue, "-1", "from 0"),
            (.maxStall, "0", "above zero"), (.prefillShare, "1.5", "from 0.05 to 1.0"), (.prefillShare, "nan", "a number"),
            (.maxWait, "soon", "1h30m"), (.keepAlive, "x", "-1 keeps"), (.memoryBudget, "lots", "8GB"),
            (.maxBody, "0", "above zero"), (.maxConcurrent, "0", "from 1"), (.maxConcurrentPerKey, "x", "from 1"),
            (.memoryBudget, "0", "above zero"), (.logFormat, "xml", "text, json"), (.logLevel, "loud", "warning"),
            (.grace, "-3", "0 or more"),
            (.socket, "/" + String(repeating: "x", count: 200), "103 bytes"), (.corsOrigin, "example.org", "https://example.org"),
            (.corsOrigin, "https://a/b", "an origin"), (.allowedHost, "http://a", "without a port"), (.host, "", "an address"),
            (.apiKeyFile, "", "a file"), (.model, "", "a path"),
        ] as [(SettingName, String, String)]
    )
    func refused(_ name: SettingName, _ value: String, _ wanted: String) throws {
        let error = try self.refusal([name: [value]])
        #expect(error.code == .invalidRequest)
        #expect(error.message.hasPrefix("\(name.rawValue) is set to '\(value.prefix(100))"), "\(error.message)")
        #expect(error.message.contains("by \(name.flag):"), "\(error.message)")
        #expect(error.message.contains(wanted), "\(error.message)")
    }

    @Test("A bad value says which variable or file it stands in")
    func places() throws {
        #expect(try self.refusal([:], ["MULLAMA_PORT": "x"]).message.contains("by the variable MULLAMA_PORT:"))
        let file = try self.file(#"{"port": "x"}"#)
        #expect(try self.refusal(file: file).message.contains("in \(file):"))
    }

    @Test(
        "A file that says something else than settings is refused",
        arguments: [
            (#"{"prot": 1}"#, "'prot', which is no setting: the nearest is port"),
            (#"{"maxQueue": 1}"#, "the nearest is max-queue"), (#"{"MAX_STALL": 1}"#, "the nearest is max-stall"),
            (#"{"port": true}"#, "port is set to 'true'"), (#"{"port": null}"#, "a string or a number"),
            (#"{"port": [1]}"#, "a string or a number"),
            (#"{"model": 3}"#, "a string or a list of strings"), (#"{"model": [3]}"#, "a list of strings"), ("[]", "no JSON object"),
            ("{\"port\": 1,\n}", "line 2"), ("", "no JSON"),
        ]
    )
    func files(_ text: String, _ wanted: String) throws {
        let file = try self.file(text)
        let error = try self.refusal(file: file)
        #expect(error.code == .invalidRequest)
        #expect(error.message.contains(wanted), "\(error.message)")
        #expect(error.message.contains(file))
    }

    @Test("A file that is not there is said to be missing")
    func missing() throws {
        #expect(try self.refusal(file: "/nonexistent/settings.json").code == .ioFailed)
    }

    @Test("A socket that is asked for is not the usual one, and none is none")
    func sockets() throws {
        #expect(try ServeConfiguration(flags: [.socket: ["none"]], environment: [:]).socket == .none)
        #expect(try ServeConfiguration(flags: [.socket: ["/a.sock"]], environment: [:]).isSocketGiven)
        #expect(try ServeConfiguration(flags: [:], environment: ["MULLAMA_SOCKET": "/b.sock"]).isSocketGiven)
        #expect(try ServeConfiguration(flags: [:], environment: [:]).isSocketGiven == false)
        #expect(try ServeConfiguration(flags: [.socket: ["/a.sock"]], environment: [:]).socket == .path("/a.sock", isStandard: false))
        // Where every command looks: the variable moves the usual one.
        #expect(try ServeConfiguration(flags: [:], environment: ["MULLAMA_SOCKET": "/b.sock"]).socket == .path("/b.sock", isStandard: true))
    }

    @Test("Automatic parallelism asks the machine, a number does not; threads are the engine's")
    func parallel() throws {
        #expect(try ServeConfiguration(flags: [.threads: ["3"]], environment: [:]).params { 1 }.threads == 3)
        #expect(try ServeConfiguration(flags: [.parallel: ["auto"]], environment: [:]).params { 5 }.parallel == 5)
        #expect(try ServeConfiguration(flags: [.parallel: ["3"]], environment: [:]).params { 5 }.parallel == 3)
    }

    @Test(
        "Sizes are read with their units",
        arguments: [
            ("12", 12), ("1KB", 1000), ("1 kib", 1024), ("1.5GB", 1_500_000_000), ("2GiB", 2 << 30), ("1e3", nil), ("G", nil), ("1XB", nil),
            ("99999999TB", nil), ("-1", nil), ("", nil),
        ] as [(String, Int?)]
    )
    func sizes(_ text: String, _ bytes: Int?) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test("The daemon is found where the variables say, else in the user's folders")
    func paths() {
        let cache = URL(filePath: "/c/mullama")
        #expect(DaemonPaths(environment: [:], cache: cache).socket == "/c/mullama/run/mullama.sock")
        #expect(DaemonPaths(environment: ["XDG_RUNTIME_DIR": "/r"], cache: cache).socket == "/r/mullama/mullama.sock")
        #expect(DaemonPaths(environment: ["MULLAMA_SOCKET": "/s", "XDG_RUNTIME_DIR": "/r"], cache: cache).socket == "/s")
        #expect(DaemonPaths(environment: [:], cache: cache).log == "/c/mullama/daemon/mullama.log")
        #expect(DaemonPaths(environment: ["MULLAMA_STATE": "/t"], cache: cache).log == "/t/mullama.log")
        #expect(DaemonPaths.record(of: "/r/mullama.sock") == "/r/mullama.pid")
        #expect(DaemonPaths.record(of: "/r/x") == "/r/x.pid")
    }
}
