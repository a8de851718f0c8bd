/// What `namespace` makes: the only thing whose attributes a template may set.
final class NamespaceObject: Object {
    private var names: [Text] = []
    private var values: [Value] = []

    override var typeName: String { "Namespace" }

    subscript(name: Text) -> Value? {
        get { self.names.firstIndex(of: name).map { self.values[$0] } }
        set {
            guard let newValue else { return }
            if let place = self.names.firstIndex(of: name) {
                self.values[place] = newValue
            } else {
                self.names.append(name)
                self.values.append(newValue)
            }
        }
    }

    /// Lets go of what it holds, which may be itself.
    func clear() {
        self.names = []
        self.values = []
    }

    override func attribute(_ name: Text, _ evaluator: Evaluator) throws(TemplateError) -> Value? {
        try evaluator.charge(self.names.count / 8)
        return self[name]
    }
    override func write(into bytes: inout [UInt8], _ evaluator: Evaluator) throws(TemplateError) {
        bytes.append("<Namespace ")
        let storage = DictionaryStorage(uniqueKeys: self.names.map { .string($0) }, values: self.values)
        try evaluator.write(.dictionary(storage), into: &bytes, quoting: true)
        bytes.append(">")
    }
}
