import ChatTemplates
import HTTPTypes
import Mullama
import Testing

@testable import MullamaServer

@Suite("Ollama: options")
struct OllamaOptionsTests {
    private func options(_ json: String) throws -> OllamaOptions {
        try OllamaOptions(try RequestFields(try TemplateValue(json: json), path: "options"))
    }

    @Test("All names lead where they should")
    func names() throws {
        let options = try options(
            """
            {"num_ctx": 2048, "num_predict": 42, "temperature": 0.5, "top_k": 20, "top_p": 0.9, "min_p": 0.1, "typical_p": 0.7,
            "repeat_penalty": 1.2, "repeat_last_n": 33, "presence_penalty": 1.5, "frequency_penalty": 1, "seed": 42, "stop": ["\\n", "user:"]}
            """
        )
        #expect(options.contextSize == 2048)
        #expect(options.maxTokens == 42)
        let generation = options.generation
        #expect(generation.temperature == 0.5)
        #expect(generation.topK == 20)
        #expect(generation.topP == 0.9)
        #expect(generation.minP == 0.1)
        #expect(generation.typicalP == 0.7)
        #expect(generation.repeatPenalty == 1.2)
        #expect(generation.repeatLastN == 33)
        #expect(generation.presencePenalty == 1.5)
        #expect(generation.frequencyPenalty == 1)
        #expect(generation.seed == 42)
        #expect(generation.stop == ["\n", "user:"])
    }

    @Test("What is not said stays as it is")
    func defaults() throws {
        for options in [try OllamaOptions(nil), try options("{}"), try options(#"{"temperature": null, "unheard_of": 1}"#)] {
            #expect(options.contextSize == nil)
            #expect(options.maxTokens == nil)
            #expect(options.generation.temperature == GenerationOptions().temperature)
            #expect(options.generation.seed == nil)
            try options.generation.validate()
        }
    }

    @Test("Negative numbers stand for the end, for all, and for none")
    func negative() throws {
        for count in [-2, -1, 0] { #expect(try options(#"{"num_predict": \#(count)}"#).maxTokens == nil) }
        #expect(try options(#"{"seed": -1}"#).generation.seed == nil)
        #expect(try options(#"{"top_k": -1}"#).generation.topK == 0)
        #expect(try options(#"{"repeat_last_n": -1, "num_ctx": 512}"#).generation.repeatLastN == 512)
        #expect(try options(#"{"repeat_last_n": -1}"#).generation.repeatLastN == 1_000_000)
        #expect(try options(#"{"repeat_last_n": 0}"#).generation.repeatLastN == 0)
    }

    @Test(
        "All that is taken can be carried out",
        arguments: [
            #"{"top_p": 0, "typical_p": 0, "min_p": 1}"#, #"{"temperature": 0, "top_k": 0, "repeat_last_n": -1}"#, #"{"num_predict": 3.0}"#,
            #"{"mirostat": 0, "mirostat_tau": 5.0, "mirostat_eta": 0.1, "tfs_z": 1.0, "penalize_newline": true, "stop": []}"#,
            #"{"num_keep": 5, "numa": false, "num_batch": 2, "num_gpu": 1, "main_gpu": 0, "low_vram": false, "use_mmap": true, "num_thread": 8}"#,
            #"{"stop": "one"}"#,
        ]
    )
    func valid(json: String) throws {
        let options = try options(json)
        try options.generation.validate(maxTokens: options.maxTokens ?? .max)
    }

    @Test(
        "What cannot be carried out is refused by its name",
        arguments: [
            (#"{"mirostat": 1}"#, "options.mirostat is not supported: use temperature, top_k, top_p, min_p or typical_p"),
            (#"{"tfs_z": 0.5}"#, "options.tfs_z is not supported: use top_p, min_p or typical_p"),
            (#"{"penalize_newline": false}"#, "options.penalize_newline is not supported: penalties look at newlines as at all tokens"),
            (#"{"temperature": "hot"}"#, "options.temperature is a string: it must be a number"),
            (#"{"num_predict": -3}"#, "options.num_predict is -3: it must be at least -2"),
            (#"{"num_ctx": 0}"#, "options.num_ctx is 0: it must be 1 to 16777216"),
            (#"{"stop": ["a", ""]}"#, "options.stop[1] is empty: every answer would end before it began"),
            (#"{"stop": [1]}"#, "options.stop[0] is 1: it must be a string"),
            (#"{"seed": 1.5}"#, "options.seed is 1.5: it must be a whole number"),
        ]
    )
    func refused(json: String, message: String) throws {
        let error = #expect(throws: APIError.self) { try options(json) }
        #expect(error?.message == message)
        #expect(error?.status == .badRequest)
    }

    @Test(
        "Numbers out of their range are refused by their name",
        arguments: [
            "temperature", "top_p", "min_p", "typical_p", "repeat_penalty", "presence_penalty", "frequency_penalty", "repeat_last_n",
            "top_k",
        ]
    )
    func ranges(name: String) throws {
        for value in ["-1000", "1e300"] where name != "top_k" || value == "-1000" {
            let error = #expect(throws: APIError.self) { try options(#"{"\#(name)": \#(value)}"#) }
            #expect(error?.parameter == "options.\(name)")
        }
    }
}
