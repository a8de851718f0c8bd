/// The names of one scope while the template is analysed.
///
/// Jinja decides before it runs which variable a name means: a name that a scope assigns anywhere is the scope's own in all of it. The rules
/// are those of Jinja's compiler, so that templates that lean on them render the same.
struct ScopeSymbols {
    struct Place: Hashable {
        let function: FunctionID
        let index: Int
    }

    enum Load {
        case variable(String)
        case outer(Place)
        case undefined
        case parameter
    }

    /// How many scopes are around it.
    let level: Int
    let function: FunctionID
    /// The names of the scopes around it, the nearest first.
    private let outer: [[String: Place]]
    private(set) var places: [String: Place] = [:]
    private(set) var loads: [Place: Load] = [:]
    private var stores: Set<String> = []

    init(level: Int, function: FunctionID, inside outer: ScopeSymbols?) {
        self.level = level
        self.function = function
        self.outer = outer.map { [$0.places] + $0.outer } ?? []
    }

    func place(of name: String) -> Place? {
        self.places[name] ?? self.outerPlace(of: name)
    }

    private func outerPlace(of name: String) -> Place? {
        for places in self.outer {
            if let place = places[name] { return place }
        }
        return nil
    }

    private mutating func define(_ name: String, _ load: Load, in layouts: inout SlotLayouts) {
        let place = Place(function: self.function, index: layouts.slot(for: name, level: self.level, function: self.function))
        self.places[name] = place
        self.loads[place] = load
    }

    mutating func store(_ name: String, in layouts: inout SlotLayouts) {
        self.stores.insert(name)
        guard self.places[name] == nil else { return }
        self.define(name, self.outerPlace(of: name).map { .outer($0) } ?? .undefined, in: &layouts)
    }

    mutating func declareParameter(_ name: String, in layouts: inout SlotLayouts) {
        self.stores.insert(name)
        self.define(name, .parameter, in: &layouts)
    }

    mutating func load(_ name: String, in layouts: inout SlotLayouts) {
        guard self.place(of: name) == nil else { return }
        self.define(name, .variable(name), in: &layouts)
    }

    /// Takes over what the branches of an `if` found out, each of which began as a copy of this.
    mutating func merge(_ branches: [ScopeSymbols]) {
        let stored = branches.reduce(into: Set<String>()) { $0.formUnion($1.stores) }.subtracting(self.stores)
        for branch in branches {
            self.places.merge(branch.places) { $1 }
            self.loads.merge(branch.loads) { $1 }
            self.stores.formUnion(branch.stores)
        }
        for name in stored {
            guard let place = self.place(of: name) else { continue }
            // Whichever branch is taken, a variable that not all of them assign has a value from before.
            self.loads[place] = self.outerPlace(of: name).map { .outer($0) } ?? .variable(name)
        }
    }
}

/// Gives each variable of a function its slot. Scopes beside each other share them: both set theirs on entering.
struct SlotLayouts {
    private struct Variable: Hashable {
        let name: String
        let level: Int
        let function: FunctionID
    }

    private var slots: [Variable: Int] = [:]
    private(set) var counts: [Int]

    init(functions: Int) {
        self.counts = Array(repeating: 0, count: functions)
    }

    mutating func slot(for name: String, level: Int, function: FunctionID) -> Int {
        let variable = Variable(name: name, level: level, function: function)
        if let slot = self.slots[variable] { return slot }
        let slot = self.counts[function]
        self.slots[variable] = slot
        self.counts[function] = slot + 1
        return slot
    }
}
