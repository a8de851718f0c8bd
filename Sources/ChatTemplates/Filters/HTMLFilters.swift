enum HTMLFilters {
    static let all: [String: Filter] = [
        "safe": { (value, _, evaluator) throws(TemplateError) in .string(try evaluator.text(of: value).safe(true)) },
        "escape": Self.escape,
        "e": Self.escape,
        "forceescape": { (value, _, evaluator) throws(TemplateError) in
            try evaluator.string(try evaluator.text(of: value).safe(false).escaped)
        },
        "xmlattr": { (value, arguments, evaluator) throws(TemplateError) in
            let autospace = try arguments.bound(to: ["autospace"], of: "xmlattr")[0]?.isTrue ?? true
            guard case .dictionary(let storage) = value else {
                throw .type("xmlattr takes a dictionary, not a value of type '\(value.typeName)'")
            }
            var bytes: [UInt8] = []
            for (key, value) in zip(storage.keys, storage.values) where !value.isNone && !value.isUndefined {
                let name = try StringMethods.text(key, of: "xmlattr")
                guard !name.scalars.contains(where: { ($0.isASCII && $0.isPythonSpace) || ["/", ">", "="].contains($0) }) else {
                    throw .value("\(PythonText.quoted(name)) is not the name of an attribute")
                }
                if !bytes.isEmpty || autospace { bytes.append(" ") }
                bytes.append(contentsOf: name.escaped.bytes)
                bytes.append("=\"")
                bytes.append(contentsOf: try evaluator.text(of: value).escaped.bytes)
                bytes.append("\"")
                try evaluator.checkSize(bytes.count)
            }
            return try evaluator.string(Text(bytes))
        },
    ]

    @Sendable private static func escape(_ value: Value, _ arguments: Arguments, _ evaluator: Evaluator) throws(TemplateError) -> Value {
        try evaluator.string(try evaluator.text(of: value).escaped)
    }
}
