public import Foundation

/// Models that people run locally, as data: their names, sizes and licenses, and where their files come from.
///
/// The catalogue downloads nothing. It gives short names a meaning and helps with misspelt ones.
public struct ModelCatalogue: Sendable {
    /// The families, in the order of the data.
    public let families: [CatalogueFamily]

    private let entries: [ModelName: CatalogueEntry]
    private let familyIndex: [String: Int]

    /// The catalogue that this version ships with.
    ///
    /// It is part of the program, and a test reads it: if it could not be read, names would go without aliases and suggestions, and every
    /// model in the store would still be found.
    public static let standard = (try? ModelCatalogue(json: Data(PackageResources.catalogue_json))) ?? ModelCatalogue(families: [])

    /// Reads a catalogue.
    /// - Parameter json: An object with the field `families`.
    /// - Throws: `DecodingError`.
    public init(json: Data) throws {
        struct Document: Decodable {
            let families: [CatalogueFamily]
        }
        self.init(families: try JSONDecoder().decode(Document.self, from: json).families)
    }

    /// Makes a catalogue of `families`. Where two claim a name, the first has it.
    public init(families: [CatalogueFamily]) {
        var entries: [ModelName: CatalogueEntry] = [:]
        var familyIndex: [String: Int] = [:]
        for (index, family) in families.enumerated() {
            for name in [family.name] + family.aliases where familyIndex[name] == nil {
                familyIndex[name] = index
            }
        }
        for family in families {
            for model in family.models {
                let name = ModelName(family: family.name, tag: model.tag)
                let entry = CatalogueEntry(name: name, family: family, model: model)
                var tags = [model.tag] + model.aliases
                if model.tag == family.defaultTag { tags.append("latest") }
                for alias in [family.name] + family.aliases {
                    for alias in tags.map({ ModelName(family: alias, tag: $0) }) where entries[alias] == nil {
                        entries[alias] = entry
                    }
                }
            }
        }
        self.families = families
        self.entries = entries
        self.familyIndex = familyIndex
    }

    /// What a name or an alias stands for; nil when the catalogue does not know it.
    public func entry(for name: ModelName) -> CatalogueEntry? {
        entries[name]
    }

    /// The family of a name or an alias, without its tag; nil when the catalogue does not know it.
    public func family(named name: String) -> CatalogueFamily? {
        familyIndex[name].map { families[$0] }
    }

    /// Every name and alias that ``entry(for:)`` answers, sorted.
    public var names: [ModelName] {
        entries.keys.sorted()
    }

    /// Names that a misspelt one may have meant, the nearest first.
    ///
    /// For a family that exists these are its models. Otherwise they are names within a third of the letters of what was asked for, by
    /// letters to insert, remove, change or swap; a name without a tag may also be the start of a family's name.
    /// - Parameters:
    ///   - name: A name that was not found.
    ///   - others: Names to consider beside the catalogue's own, for example those in a store.
    ///   - limit: How many to return at most.
    public func suggestions(for name: ModelName, among others: [ModelName] = [], limit: Int = 3) -> [ModelName] {
        // A name without a tag got `latest`. One model of each family is then enough to show.
        let isUntagged = name.tag == "latest" && family(named: name.family) == nil
        let own = families.flatMap { family in
            family.models.filter { !isUntagged || $0.tag == family.defaultTag }.map { ModelName(family: family.name, tag: $0.tag) }
        }
        var ranked: [(distance: Int, name: ModelName)] = []
        for candidate in Set(own + others) where candidate != name {
            if candidate.namespace == name.namespace, candidate.family == name.family {
                ranked.append((EditDistance.between(name.tag, candidate.tag), candidate))
            } else if let distance = Self.distance(name, candidate, isUntagged) {
                ranked.append((distance, candidate))
            }
        }
        return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
    }

    private static func distance(_ asked: ModelName, _ candidate: ModelName, _ isUntagged: Bool) -> Int? {
        let text = isUntagged && asked.namespace == nil ? asked.family : asked.description
        let distance =
            isUntagged && asked.namespace == nil && candidate.namespace == nil
            ? EditDistance.toStart(text, of: candidate.family) : EditDistance.between(text, candidate.description)
        return distance <= text.utf8.count / 3 ? distance : nil
    }
}
