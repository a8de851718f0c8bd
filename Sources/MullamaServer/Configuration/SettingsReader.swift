import ChatTemplates
import Configuration
import Foundation
import Mullama

/// Settings by their names: flags first, then variables, then the file.
struct SettingsReader {
    private let flags: any ConfigSnapshot
    private let environment: any ConfigSnapshot
    private let file: (path: String, snapshot: any ConfigSnapshot)?

    /// - Parameter environment: Empty variables count as missing.
    /// - Throws: ``MullamaError`` with `ioFailed` or `invalidRequest` for the file.
    init(flags: [SettingName: [String]], environment: [String: String], file: String?) throws(MullamaError) {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, texts) in flags {
            guard let last = texts.last else { continue }
            values[Self.key(name)] = ConfigValue(name.isList ? .stringArray(texts) : .string(last), isSecret: false)
        }
        self.flags = InMemoryProvider(name: "flags", values: values).snapshot()
        let variables = environment.filter { !$0.value.isEmpty }
        self.environment = EnvironmentVariablesProvider(environmentVariables: variables).prefixKeys(with: "mullama").snapshot()
        self.file = if let file { (file, try SettingsFile.read(file)) } else { nil }
    }

    func setting(_ name: SettingName) -> Setting {
        if let values = Self.values(name, in: self.flags) { return Setting(name: name, values: values, source: .flag(name.flag)) }
        if let values = Self.values(name, in: self.environment) {
            return Setting(name: name, values: values, source: .environment(name.variable))
        }
        if let file, let values = Self.values(name, in: file.snapshot) {
            return Setting(name: name, values: values, source: .file(file.path))
        }
        return Setting(name: name, values: [], source: .standard)
    }

    private static func key(_ name: SettingName) -> AbsoluteConfigKey { AbsoluteConfigKey([name.rawValue]) }

    /// The value as text, whatever type the source has for it: what it means is decided in one place for all sources.
    private static func values(_ name: SettingName, in snapshot: any ConfigSnapshot) -> [String]? {
        func content(_ type: ConfigType) -> ConfigContent? {
            // One that is there in another type throws, and is asked for in that.
            (try? snapshot.value(forKey: Self.key(name), type: type))?.value?.content
        }
        if name.isList, case .stringArray(let texts)? = content(.stringArray) { return texts }
        if case .string(let text)? = content(.string) { return [text] }
        if case .int(let number)? = content(.int) { return ["\(number)"] }
        if case .double(let number)? = content(.double) { return ["\(number)"] }
        return nil
    }
}
