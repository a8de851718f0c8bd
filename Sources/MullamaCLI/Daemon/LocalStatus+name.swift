import ModelStore
import MullamaServer

extension LocalStatus {
    /// The model that is meant by a name as it was typed: in any case, with or without its tag.
    func model(_ name: String) -> Model? {
        let full = (try? ModelName(parsing: name))?.description
        return self.models.first { $0.name == name || $0.name == full }
    }
}
