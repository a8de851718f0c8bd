extension RequestFields {
    /// The name of a model. Nil is the server's default, which clients that must write something ask for with an empty name.
    func model(_ field: String = "model") throws(APIError) -> String? {
        let name = try self.string(field)
        return name == "" ? nil : name
    }
}
