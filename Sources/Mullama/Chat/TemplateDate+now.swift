public import ChatTemplates
import Foundation

extension TemplateDate {
    /// The time of this moment in the time zone of this machine.
    public static var now: TemplateDate {
        let now = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date())
        return TemplateDate(
            year: now.year ?? 1970,
            month: now.month ?? 1,
            day: now.day ?? 1,
            hour: now.hour ?? 0,
            minute: now.minute ?? 0,
            second: now.second ?? 0
        )
    }
}
