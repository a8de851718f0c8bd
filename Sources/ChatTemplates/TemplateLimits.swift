/// What a template may use, so that a hostile one in a downloaded model ends with an error and not with the process.
///
/// A limit that is exceeded throws ``TemplateError/Code/limit`` and names itself in the message.
public struct TemplateLimits: Sendable, Hashable {
    /// Bytes of UTF-8 of the rendered text, and of any text that is made on the way. 16 MiB by default.
    public var maxOutput: Int
    /// Work of one rendering: about one step for each expression that is evaluated, each item that is looked at and each 16 bytes that
    /// are copied. 10 million by default, which takes about a second in an optimised build.
    public var maxSteps: Int
    /// How deep anything may nest: expressions and statements in the text and as they run, calls of macros, lists in lists, JSON.
    /// 160 by default. Raise it together with `maxStack`.
    public var maxDepth: Int
    /// Bytes of the thread's stack that parsing or rendering may take before it ends with an error. 320 KiB by default, which leaves room
    /// on a thread with 512 KB.
    public var maxStack: Int
    /// Bytes of a template's text. 1 MiB by default.
    public var maxSource: Int

    public init(
        maxOutput: Int = 16 << 20,
        maxSteps: Int = 10_000_000,
        maxDepth: Int = 160,
        maxStack: Int = 320 << 10,
        maxSource: Int = 1 << 20
    ) {
        self.maxOutput = maxOutput
        self.maxSteps = maxSteps
        self.maxDepth = maxDepth
        self.maxStack = maxStack
        self.maxSource = maxSource
    }
}
