import ChatTemplates
import Configuration
import Foundation
import ModelStore
import Mullama

/// The file of settings: a JSON object whose keys are ``SettingName``s.
enum SettingsFile {
    /// More than all settings together could take.
    private static let longest = 1 << 20

    static func read(_ path: String) throws(MullamaError) -> any ConfigSnapshot {
        let bytes: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            bytes = Array(try handle.read(upToCount: self.longest) ?? Data())
        } catch {
            throw MullamaError(.ioFailed, "the configuration \(path) cannot be read: \(error.localizedDescription)")
        }
        try self.check(bytes, path)
        do {
            return try JSONSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
        } catch {
            throw MullamaError(.invalidRequest, "the configuration \(path) cannot be used: \(error)")
        }
    }

    /// Refuses what the provider would pass over: keys that mean nothing, and values of a type that no setting has.
    private static func check(_ bytes: [UInt8], _ path: String) throws(MullamaError) {
        let value: TemplateValue
        do {
            value = try TemplateValue(json: bytes)
        } catch {
            throw MullamaError(.invalidRequest, "the configuration \(path) is no JSON: \(error.message) (line \(error.line))")
        }
        guard case .dictionary(let fields) = value else {
            throw MullamaError(.invalidRequest, "the configuration \(path) is no JSON object: write it like {\"port\": 8080}")
        }
        for (key, value) in fields {
            guard let name = SettingName(rawValue: key) else {
                throw MullamaError(
                    .invalidRequest,
                    "the configuration \(path) has \(Quoted.text(key)), which is no setting: the nearest is \(Self.nearest(to: key).rawValue)"
                )
            }
            guard Self.isUsable(value, for: name) else {
                throw Setting(name: name, values: [value.json], source: .file(path))
                    .refused(name.isList ? "a string or a list of strings" : "a string or a number")
            }
        }
    }

    private static func isUsable(_ value: TemplateValue, for name: SettingName) -> Bool {
        switch value {
        case .string: true
        case .integer, .double: !name.isList
        case .list(let items):
            name.isList
                && items.allSatisfy { item in
                    if case .string = item { true } else { false }
                }
        default: false
        }
    }

    // MARK: Slips of the pen

    /// The setting whose name takes the fewest changes to get to. Case, underscores and camel case are no changes.
    static func nearest(to key: String) -> SettingName {
        let plain = Self.plain(key)
        let distances = SettingName.allCases.map { ($0, Self.distance(plain, Self.plain($0.rawValue))) }
        return distances.min { $0.1 < $1.1 }?.0 ?? .model
    }

    private static func plain(_ key: String) -> [Character] {
        // A key is as long as whoever wrote the file liked.
        Array(key.prefix(64).lowercased().filter { $0.isLetter || $0.isNumber })
    }

    /// Characters to insert, remove or replace (Levenshtein's distance).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
