import Foundation
import ModelStore
import Testing

@Suite struct ModelCatalogueTests {
    let catalogue = ModelCatalogue.standard

    @Test func dataIsRead() {
        #expect(catalogue.families.count >= 14)
        #expect(catalogue.families.allSatisfy { !$0.models.isEmpty && !$0.title.isEmpty && !$0.license.isEmpty })
    }

    @Test func everyNameAndAliasIsAValidNameAndLeadsToItsModel() throws {
        for family in catalogue.families {
            #expect(family.models.contains { $0.tag == family.defaultTag })
            for model in family.models {
                for familyName in [family.name] + family.aliases {
                    for tag in [model.tag] + model.aliases {
                        let name = try ModelName(parsing: "\(familyName):\(tag)")
                        #expect(name.description == "\(familyName):\(tag)")
                        #expect(catalogue.entry(for: name)?.model == model)
                        #expect(catalogue.entry(for: name)?.name.description == "\(family.name):\(model.tag)")
                    }
                }
            }
            let latest = try ModelName(parsing: "\(family.name):latest")
            #expect(catalogue.entry(for: latest)?.model.tag == family.defaultTag)
        }
    }

    @Test func noTwoModelsClaimOneName() {
        var seen: Set<String> = []
        for family in catalogue.families {
            for name in [family.name] + family.aliases {
                for tag in family.models.flatMap({ [$0.tag] + $0.aliases }) {
                    #expect(seen.insert("\(name):\(tag)").inserted, "\(name):\(tag)")
                }
            }
        }
        #expect(catalogue.names.count == seen.count + catalogue.families.reduce(0) { $0 + 1 + $1.aliases.count })
    }

    @Test func sizesFitParametersAndQuantization() {
        for family in catalogue.families {
            for model in family.models {
                let bits = Double(model.approximateSize * 8) / Double(model.parameterCount)
                // A small model's large vocabulary is stored in more bits than its layers.
                let range = model.quantization == "Q8_0" ? 8.3...9.0 : 4.6...8.0
                #expect(range.contains(bits), "\(family.name):\(model.tag) has \(bits) bits a parameter")
                #expect(model.origin.file.lowercased().hasSuffix(".gguf"))
                #expect(model.origin.file.lowercased().contains(model.quantization.lowercased()))
            }
        }
    }

    @Test(arguments: [
        ("smolm2:135m", "smollm2:135m"),
        ("smollm2:135", "smollm2:135m"),
        ("lama3.2", "llama3.2:3b"),
        ("lama3", "llama3.1:8b"),
        ("gemma", "gemma3:4b"),
        ("phi", "phi4:14b"),
        ("qwen3:7b", "qwen3:8b"),
        ("smlolm2:135m", "smollm2:135m"),
        ("gwen3:4b", "qwen3:4b"),
        ("mistral-nemo:13b", "mistral-nemo:12b"),
        ("phi3.5:mni", "phi3.5:3.8b"),
        ("tinylama", "tinyllama:1.1b"),
    ])
    func misspeltNamesFindTheirModel(asked: String, meant: String) throws {
        let suggestions = catalogue.suggestions(for: try ModelName(parsing: asked))
        #expect(suggestions.contains { $0.description == meant }, "\(suggestions)")
        #expect(suggestions.count <= 3)
    }

    @Test(arguments: ["completely-different-thing:1", "xyzzy", "z", "acme/thing"]) func namesFarFromAllGetNoSuggestion(text: String) throws
    {
        #expect(catalogue.suggestions(for: try ModelName(parsing: text)).isEmpty)
    }

    @Test func nearerNamesComeFirst() throws {
        let suggestions = catalogue.suggestions(for: try ModelName(parsing: "qwen3:7b"))
        #expect(suggestions.map(\.description) == ["qwen3:4b", "qwen3:8b", "qwen3:1.7b"])
    }

    @Test func namesOfTheStoreAreSuggestedToo() throws {
        let mine = try ModelName(parsing: "acme/helper:v2")
        #expect(catalogue.suggestions(for: try ModelName(parsing: "acme/helpr:v2"), among: [mine]) == [mine])
    }
}
