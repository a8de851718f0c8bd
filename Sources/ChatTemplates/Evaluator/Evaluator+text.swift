extension Evaluator {
    /// Writes a value as Python prints it; texts in quotes where `quoting`, as they are inside of lists.
    func write(_ value: Value, into bytes: inout [UInt8], quoting: Bool) throws(TemplateError) {
        switch value {
        case .string(let text): try self.write(text, into: &bytes, quoting: quoting)
        case .undefined: if quoting { bytes.append("Undefined") }
        case .none: bytes.append("None")
        case .boolean(let value): bytes.append(value ? "True" : "False")
        case .integer(let value): bytes.append(String(value))
        case .double(let value): bytes.append(PythonText.double(value))
        default: try self.writeContainer(value, into: &bytes)
        }
    }

    private func write(_ text: Text, into bytes: inout [UInt8], quoting: Bool) throws(TemplateError) {
        try self.charge(text.bytes.count / 16)
        guard quoting else { return bytes.append(contentsOf: text.bytes) }
        if text.isSafe { bytes.append("Markup(") }
        PythonText.appendQuoted(text, to: &bytes)
        if text.isSafe { bytes.append(")") }
    }

    private func writeContainer(_ value: Value, into bytes: inout [UInt8]) throws(TemplateError) {
        try self.enter("a printed value")
        defer { self.leave() }
        switch value {
        case .list(let storage): try self.write(storage.items, "[", "]", into: &bytes)
        case .tuple(let storage): try self.write(storage.items, "(", storage.items.count == 1 ? ",)" : ")", into: &bytes)
        case .dictionary(let storage):
            bytes.append("{")
            for place in 0..<storage.count {
                if place > 0 { bytes.append(", ") }
                try self.charge(1)
                try self.write(storage.keys[place], into: &bytes, quoting: true)
                bytes.append(": ")
                try self.write(storage.values[place], into: &bytes, quoting: true)
                try self.checkSize(bytes.count)
            }
            bytes.append("}")
        case .object(let object): try object.write(into: &bytes, self)
        default: break
        }
    }

    private func write(_ items: [Value], _ open: String, _ close: String, into bytes: inout [UInt8]) throws(TemplateError) {
        bytes.append(open)
        for (place, item) in items.enumerated() {
            if place > 0 { bytes.append(", ") }
            try self.charge(1)
            try self.write(item, into: &bytes, quoting: true)
            try self.checkSize(bytes.count)
        }
        bytes.append(close)
    }

    /// What Python's `str` makes of a value.
    func text(of value: Value) throws(TemplateError) -> Text {
        switch value {
        case .string(let text): return text
        case .undefined: return .empty
        default:
            var bytes: [UInt8] = []
            try self.write(value, into: &bytes, quoting: false)
            try self.checkSize(bytes.count)
            return Text(bytes)
        }
    }

    /// What Python's `repr` makes of a value.
    func representation(of value: Value) throws(TemplateError) -> Text {
        var bytes: [UInt8] = []
        try self.write(value, into: &bytes, quoting: true)
        try self.checkSize(bytes.count)
        return Text(bytes)
    }
}
