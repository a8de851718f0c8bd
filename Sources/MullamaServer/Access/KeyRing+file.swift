import Foundation
package import Mullama

extension KeyRing {
    /// More is no file of keys.
    private static let largestFile = 1 << 20
    /// What is shorter can be guessed.
    private static let shortestKey = 16

    /// Reads a file of keys: one a line, as `NAME SCOPES KEY`, where the scopes are `infer`, `manage` or both with a comma between. Lines that are
    /// empty or begin with `#` are passed over.
    ///
    /// - Throws: ``MullamaError/Code/ioFailed`` for a file that cannot be read, `invalidRequest` for one that others may read or write, or with a line
    ///   that is wrong. No error has a key in it.
    package init(contentsOf path: String) throws(MullamaError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw MullamaError(.ioFailed, "the keys in \(path) cannot be read: \(String(cString: strerror(code)))", underlying: Int(code))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw MullamaError(.invalidRequest, "\(path) is a folder: give a file of keys") }
        // Its group may read it; nobody else may, and none but its owner may change it. Pipes, as shells make of `<(…)`, are the owner's.
        guard status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o026 == 0 else {
            throw MullamaError(
                .invalidRequest,
                "the keys in \(path) can be read or changed by other users of this machine: run `chmod 600 \(path)`"
            )
        }
        guard Int(status.st_size) <= Self.largestFile else {
            throw MullamaError(.invalidRequest, "\(path) has \(status.st_size) bytes: a file of keys has at most \(Self.largestFile)")
        }
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw MullamaError(.ioFailed, "the keys in \(path) cannot be read as text: check that the file is one, and who may read it")
        }
        try self.init(parsing: text, path: path)
    }

    /// - Parameter path: How the file is called in errors.
    init(parsing text: String, path: String) throws(MullamaError) {
        var keys: [APIKey] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let place = "line \(index + 1) of \(path)"
            let key = try Self.key(line, place)
            if keys.contains(where: { $0.name == key.name }) {
                throw MullamaError(.invalidRequest, "\(place) has the name '\(key.name)' again: give each key a name of its own")
            }
            if keys.contains(where: { $0.digest == key.digest }) {
                throw MullamaError(.invalidRequest, "\(place) has the key of another line again: give '\(key.name)' one of its own")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw MullamaError(.invalidRequest, "there is no key in \(path): write one a line, as NAME SCOPES KEY")
        }
        self.init(keys)
    }

    private static func key(_ line: String, _ place: String) throws(MullamaError) -> APIKey {
        let parts = line.split(whereSeparator: \.isWhitespace)
        guard parts.count == 3 else {
            throw MullamaError(
                .invalidRequest,
                "\(place) has \(parts.count) parts: write NAME SCOPES KEY, as in `alice infer KEY` or `ops infer,manage KEY`"
            )
        }
        var scopes: Set<Route.Scope> = []
        for name in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            guard let scope = Route.Scope(rawValue: String(name)), scope != .open else {
                throw MullamaError(.invalidRequest, "\(place) has scopes other than infer and manage: write infer, manage or infer,manage")
            }
            scopes.insert(scope)
        }
        guard parts[0].utf8.count <= 64, parts[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MullamaError(
                .invalidRequest,
                "\(place) has a name that is too long or not ASCII: use at most 64 letters, digits and dashes"
            )
        }
        guard parts[2].utf8.count >= Self.shortestKey, parts[2].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MullamaError(
                .invalidRequest,
                "\(place) has a key that is shorter than \(Self.shortestKey) characters or not ASCII: make one with `openssl rand -hex 32`"
            )
        }
        return APIKey(name: String(parts[0]), scopes: scopes, key: parts[2])
    }
}
