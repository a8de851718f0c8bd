// Texts as vectors: which of some texts a question is about.

import Mullama

let model = try await AsyncModel.load("smollm2:135m")

func closeness(_ a: Embedding, _ b: Embedding) -> Float {
    zip(a.vector, b.vector).reduce(0) { $0 + $1.0 * $1.1 }
}

// snippet.nearest
let texts = ["The cat sat on the mat.", "Quarterly revenue rose by twelve percent.", "Bake the bread for forty minutes."]
let embeddings = try await model.embed(texts)
let question = try await model.embed(["Where is the cat?"])[0]

let nearest = texts.indices.max { closeness(embeddings[$0], question) < closeness(embeddings[$1], question) }
// snippet.end
if let nearest { print(texts[nearest]) }

// snippet.options
let options = EmbeddingOptions(dimensions: 256, truncate: true, priority: .batch, deadline: .seconds(60))
let short = try await model.embed(texts, options: options)
print(short[0].vector.count, "numbers each,", short.usage.promptTokens, "tokens in all")
// snippet.end
