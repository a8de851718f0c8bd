/// Goes through values, one at a time; the next one is made when it is asked for.
final class ValueIterator {
    private enum Source {
        case items([Value], next: Int)
        case function(() throws(TemplateError) -> Value?)
    }

    private var source: Source

    init(_ items: [Value]) {
        self.source = .items(items, next: 0)
    }

    init(_ next: @escaping () throws(TemplateError) -> Value?) {
        self.source = .function(next)
    }

    func next() throws(TemplateError) -> Value? {
        switch self.source {
        case .items(let items, let next):
            guard next < items.count else { return nil }
            self.source = .items(items, next: next + 1)
            return items[next]
        case .function(let function): return try function()
        }
    }
}
