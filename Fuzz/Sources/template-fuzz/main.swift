import ChatTemplates
import Foundation

/// Random templates, parsed and rendered in a child process, so that a crash or a hang is seen and can be repeated.
///
///     template-fuzz [--seconds 600] [--seed N] [--templates FOLDER]     until the time is over, or something is found
///     template-fuzz --seed N --case K [--templates FOLDER]              prints that case and runs it
struct Options {
    var seconds = 600.0
    var seed = UInt64.random(in: 1...999_999_999)
    var number: UInt64?
    /// The child's: the first case, and the file to which it writes the number of the case it is at.
    var first: UInt64 = 0
    var progress: String?
    var folder = ProcessInfo.processInfo.environment["MULLAMA_CHAT_TEMPLATES"] ?? "../shared/chat-templates"

    init(_ arguments: [String]) {
        var arguments = arguments.dropFirst()
        while let name = arguments.popFirst(), let value = arguments.popFirst() {
            switch name {
            case "--seconds": self.seconds = Double(value) ?? self.seconds
            case "--seed": self.seed = UInt64(value) ?? self.seed
            case "--case": self.number = UInt64(value)
            case "--first": self.first = UInt64(value) ?? 0
            case "--progress": self.progress = value
            case "--templates": self.folder = value
            default:
                FileHandle.standardError.write(Data("unknown option \(name)\n".utf8))
                exit(2)
            }
        }
    }

    var templates: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.folder)) ?? []
        return names.filter { $0.hasSuffix(".jinja") }.sorted().compactMap {
            try? String(contentsOfFile: "\(self.folder)/\($0)", encoding: .utf8)
        }
    }
}

/// Runs something on a thread with the stack of a secondary thread of macOS.
func onSmallStack(_ body: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        body()
        done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
}

func runCases(_ options: Options, _ progress: String) {
    let templates = options.templates
    onSmallStack {
        guard let file = FileHandle(forWritingAtPath: progress) else { return }
        let end = ContinuousClock.now + .seconds(options.seconds)
        var number = options.first
        while ContinuousClock.now < end {
            file.seek(toFileOffset: 0)
            file.write(Data("\(number)\n".utf8))
            FuzzCase(seed: options.seed, number: number, templates: templates).run()
            number += 1
        }
    }
}

func watch(_ options: Options) -> Int32 {
    let progress = FileManager.default.temporaryDirectory.appending(path: "template-fuzz-\(ProcessInfo.processInfo.processIdentifier)").path
    _ = FileManager.default.createFile(atPath: progress, contents: Data("0\n".utf8))
    defer { try? FileManager.default.removeItem(atPath: progress) }
    func number() -> String {
        (try? String(contentsOfFile: progress, encoding: .utf8))?.split(separator: "\n").first.map(String.init) ?? "?"
    }
    print("seed \(options.seed), \(options.templates.count) templates of models, \(Int(options.seconds)) s")
    let child = Process()
    child.executableURL = Bundle.main.executableURL
    child.arguments = [
        "--seconds", "\(options.seconds)", "--seed", "\(options.seed)", "--progress", progress, "--templates", options.folder,
    ]
    guard (try? child.run()) != nil else {
        print("the child process does not start")
        return 1
    }
    var last = ("", ContinuousClock.now)
    while child.isRunning {
        Thread.sleep(forTimeInterval: 0.2)
        let current = number()
        if current != last.0 { last = (current, .now) }
        if ContinuousClock.now - last.1 > .seconds(20) {
            child.terminate()
            print("HANG: --seed \(options.seed) --case \(current)")
            return 1
        }
    }
    guard child.terminationStatus == 0, child.terminationReason == .exit else {
        print("CRASH: --seed \(options.seed) --case \(number())")
        return 1
    }
    print("\(number()) cases, nothing found")
    return 0
}

let options = Options(CommandLine.arguments)
if let number = options.number {
    let fuzzCase = FuzzCase(seed: options.seed, number: number, templates: options.templates)
    print(fuzzCase.source)
    onSmallStack { fuzzCase.run() }
} else if let progress = options.progress {
    runCases(options, progress)
} else {
    exit(watch(options))
}
