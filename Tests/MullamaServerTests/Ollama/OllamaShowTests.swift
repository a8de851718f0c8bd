import ChatTemplates
import HTTPTypes
import HummingbirdTesting
import Mullama
import MullamaTestSupport
import Testing

@testable import MullamaServer

@Suite("Ollama: show")
struct OllamaShowTests {
    @Test("What is known of a model")
    func whole() async throws {
        try await OllamaServer().run { client in
            let answer = try await client.post("/api/show", #"{"model": "small"}"#)
            #expect(answer.status == .ok)
            #expect(
                answer.golden
                    == """
                    {"license": "apache-2.0", "modelfile": "FROM small\\nPARAMETER temperature 0.8\\nPARAMETER top_k 40\\n\
                    PARAMETER top_p 0.95\\nPARAMETER min_p 0.05\\nPARAMETER repeat_penalty 1.0\\nPARAMETER repeat_last_n 64\\n", \
                    "parameters": "temperature                    0.8\\ntop_k                          40\\n\
                    top_p                          0.95\\nmin_p                          0.05\\nrepeat_penalty                 1.0\\n\
                    repeat_last_n                  64", "template": "{{ messages }}", "details": \(OllamaModelsTests.details), \
                    "model_info": {"general.architecture": "llama", "general.name": "Small", "general.license": "apache-2.0", \
                    "general.file_type": 15, "llama.block_count": 2, "llama.context_length": 2048, "llama.embedding_length": 64, \
                    "llama.attention.head_count": 4, "llama.attention.head_count_kv": [2, 1], "llama.rope.freq_base": 10000.0, \
                    "tokenizer.ggml.tokens": ["<s>", "a", "\\u00df"], "tokenizer.ggml.add_bos_token": true, \
                    "general.parameter_count": 197}, "capabilities": ["completion"], "modified_at": "T"}
                    """.replacing("\\u00df", with: "ß")
            )
        }
    }

    @Test("The context of a model in memory is known")
    func contextSize() async throws {
        try await OllamaServer().run { client in
            _ = try await client.post("/api/generate", "{}")
            // Older clients say `name`.
            let answer = try await client.post("/api/show", #"{"name": "small"}"#)
            #expect(answer.text.contains(#""parameters": "num_ctx                        256\n"#))
        }
    }

    @Test("Long arrays and tensors are told to who asks for them")
    func verbose() async throws {
        var file = GGUFBuilder.smallModel()
        file.add("tokenizer.ggml.scores", elementType: 6, count: 6, (0..<6).flatMap { GGUFBuilder.integer(Float($0).bitPattern) })
        file.add("tokenizer.ggml.merges", (0..<20_000).map { "merge \($0)" })
        file.add("odd.infinite", Float.infinity)
        file.add("odd.huge", UInt64.max)
        try await OllamaServer(file: file).run { client in
            let brief = try await client.post("/api/show", #"{"model": "small"}"#).text
            #expect(
                brief.contains(
                    #""tokenizer.ggml.scores": null, "tokenizer.ggml.merges": null, "odd.infinite": null, "odd.huge": 1.8446744073709552e+19"#
                )
            )
            #expect(!brief.contains("tensors"))
            let verbose = try await client.post("/api/show", #"{"model": "small", "verbose": true}"#).text
            for part in [
                #""tokenizer.ggml.scores": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]"#, #""merge 19999"]"#,
                #""tensors": [{"name": "token_embd.weight", "type": "Q8_0", "shape": [64, 3]}"#,
            ] {
                let isThere = verbose.contains(part)
                #expect(isThere, "\(part)")
            }
        }
    }

    /// What a file says, and what comes of it.
    struct Capabilities: Sendable, CustomTestStringConvertible {
        var template: String?
        var tokens: [String] = []
        var ids: [String: UInt32] = [:]
        var isCausal: Bool?
        var expected: [String]

        var testDescription: String { self.expected.joined(separator: ", ") }
    }

    @Test(
        "Capabilities follow the file",
        arguments: [
            Capabilities(expected: ["completion"]),
            // Calls of tools come as text.
            Capabilities(template: "{% if tools %}{{ tools }}{% endif %}", expected: ["completion"]),
            Capabilities(tokens: ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"], expected: ["completion", "insert"]),
            Capabilities(tokens: ["<fim_prefix>", "<fim_suffix>", "the"], expected: ["completion"]),
            Capabilities(
                ids: ["tokenizer.ggml.fim_pre_token_id": 1, "tokenizer.ggml.fim_suf_token_id": 2, "tokenizer.ggml.fim_mid_token_id": 3],
                expected: ["completion", "insert"]
            ),
            Capabilities(ids: ["bert.pooling_type": 3], expected: ["completion", "embedding"]),
            Capabilities(ids: ["bert.pooling_type": 0], expected: ["completion"]),
            Capabilities(isCausal: false, expected: ["embedding"]),
            Capabilities(ids: ["bert.pooling_type": 1], isCausal: false, expected: ["embedding"]),
            Capabilities(ids: ["bert.pooling_type": 4], isCausal: false, expected: []),
        ]
    )
    func capabilities(_ file: Capabilities) async throws {
        var builder = GGUFBuilder()
        builder.add("general.architecture", "bert")
        builder.add("tokenizer.ggml.tokens", file.tokens)
        if let template = file.template { builder.add("tokenizer.chat_template", template) }
        if let isCausal = file.isCausal { builder.add("bert.attention.causal", isCausal) }
        for (key, id) in file.ids { builder.add(key, id) }
        try await OllamaServer(file: builder).run { client in
            let answer = try await client.post("/api/show", #"{"model": "small"}"#)
            #expect(try answer.json["capabilities"] == .list(file.expected.map { .string($0) }))
        }
    }

    @Test("A model in memory knows best what it can do")
    func loaded() async throws {
        let server = try OllamaServer(hasInfill: true)
        try await server.run { client in
            #expect(try await client.post("/api/show", "{}").json["capabilities"] == ["completion"])
            _ = try await client.post("/api/generate", "{}")
            #expect(try await client.post("/api/show", "{}").json["capabilities"] == ["completion", "insert"])
        }
    }

    @Test("A file that is no model is the server's fault")
    func damaged() async throws {
        let server = try OllamaServer()
        try server.store.add("broken:v1")
        try await server.run { client in
            let answer = try await client.post("/api/show", #"{"model": "broken:v1"}"#)
            #expect(answer.status == .internalServerError)
            #expect(answer.text.hasPrefix(#"{"error": "#))
        }
    }

    // MARK: Figures

    @Test(
        "Parameters are counted as Ollama counts them",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1K"), (134_515_008, "134.52M"), (1_000_000, "1M"), (8_030_261_248, "8.0B"),
            (13_000_000_000, "13B"), (1_500_000_000_000, "1.5T"),
        ]
    )
    func sizes(count: Int, text: String) {
        #expect(OllamaDetails.size(count) == text)
    }

    @Test(
        "Quantizations are called as files are",
        arguments: [
            ("Q4_K - Medium", "Q4_K_M"), ("Q4_K - Small", "Q4_K_S"), ("Q3_K - Large", "Q3_K_L"), ("Q2_K - Medium", "Q2_K"),
            ("Q6_K", "Q6_K"),
            ("Q2_K - Small", "Q2_K_S"), ("all F32", "F32"), ("IQ2_XXS - 2.0625 bpw", "IQ2_XXS"), ("IQ3_S mix - 3.66 bpw", "IQ3_S"),
            ("MXFP4 MoE", "MXFP4"), ("unknown (99)", "unknown"), ("", ""),
        ]
    )
    func levels(printed: String, text: String) {
        #expect(OllamaDetails.level(printed) == text)
    }
}
