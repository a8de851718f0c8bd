/// Numbers the scopes of a template.
typealias ScopeID = Int
/// Numbers what has variables of its own while it runs: 0 is the template, others are macros, blocks that are called, recursive loops and
/// the conditions of loops.
typealias FunctionID = Int

/// Where a variable lies: in the activation of the function that is running, or of one around it.
struct Slot: Sendable {
    /// How many functions further out; 0 is the one that is running.
    let hops: Int
    let index: Int
}

/// How a scope's variable gets its value when the scope is entered.
enum SlotLoad: Sendable {
    /// From the variables the template is rendered with, and the global functions.
    case variable(String)
    /// From the same name further out: assignments in the scope do not reach it.
    case outer(Slot)
    /// It has none before it is assigned.
    case undefined
    /// Whoever enters the scope sets it.
    case parameter
}

/// Where the names of a template find their values, worked out once.
struct Scopes: Sendable {
    struct FunctionLayout: Sendable {
        var slotCount = 0
        /// The slots of `caller`, `kwargs` and `varargs`, where the body uses them.
        var caller: Int?
        var keywords: Int?
        var positional: Int?
    }

    /// By the number of the use of a name.
    var slots: [Slot]
    /// By the number of the scope: what is set on entering it.
    var loads: [[(index: Int, load: SlotLoad)]]
    /// The slot of `loop`, for the scopes of loops that use it.
    var loopSlots: [Int?]
    var functions: [FunctionLayout]
}
