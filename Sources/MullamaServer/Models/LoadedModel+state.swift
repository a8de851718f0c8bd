import Foundation
import Mullama

extension LoadedModel {
    /// - Parameters:
    ///   - now: The registry's time of the snapshot.
    ///   - date: The same by the calendar.
    /// - Returns: Nil for a model that waits to be loaded.
    init?(_ entry: RegistryState.Entry, _ resident: RegistryCore.Resident, now: Duration, date: Date) {
        let state: State
        switch (entry.phase, resident.model) {
        case (.queued, _): return nil
        case (.loading, _): state = .loading(progress: resident.progress)
        case (.ready, let model?): state = .ready(model)
        case (.ready, nil), (.cancelling, _), (.unloading, _): state = .unloading
        }
        func calendar(_ time: Duration) -> Date { date.addingTimeInterval((time - now) / .seconds(1)) }
        var expires: Date?
        // While it is used, its time does not run.
        if case .duration(let time) = entry.keepAlive { expires = calendar((entry.users > 0 ? now : entry.lastUsed) + time) }
        self.init(
            reference: resident.reference,
            state: state,
            users: entry.users,
            lastUsed: calendar(entry.lastUsed),
            keepAlive: entry.keepAlive,
            expires: expires,
            loadTime: resident.loadTime,
            memory: entry.need
        )
    }
}
