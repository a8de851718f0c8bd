/// Where a setting's value comes from. The first that has one counts, in this order.
package enum SettingSource: Sendable, Hashable {
    case flag(String)
    case environment(String)
    case file(String)
    case standard
}

extension SettingSource: CustomStringConvertible {
    package var description: String {
        switch self {
        case .flag(let flag): "flag \(flag)"
        case .environment(let variable): "environment \(variable)"
        case .file(let path): "file \(path)"
        case .standard: "default"
        }
    }
}
