/// Recognises what people hand over in place of a GGUF file.
enum ForeignFormat {
    /// What the file is and what to do, told by its first bytes; nil when that is not known.
    static func advice(_ start: [UInt8]) -> String? {
        let text = String(decoding: start, as: UTF8.self)
        if text.hasPrefix("version https://git-lfs") {
            return "it is only a pointer to a file in Git LFS; run `git lfs pull` there, or download the file itself"
        }
        if text.lowercased().hasPrefix("<!doctype") || text.lowercased().hasPrefix("<html") {
            return "it is a web page; download the file itself, not the page that shows it"
        }
        if ["lmgg", "tjgg", "fmgg", "algg"].contains(where: text.hasPrefix) {
            return "it has a format from before GGUF; get a newer conversion of the model"
        }
        if text.hasPrefix("PK\u{03}\u{04}") {
            return "it is a ZIP archive, such as PyTorch writes; get a GGUF conversion of the model"
        }
        if start.count > 8, start[8] == UInt8(ascii: "{") {
            return "it looks like safetensors; get a GGUF conversion of the model"
        }
        return nil
    }
}
