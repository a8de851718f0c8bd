/// All operations of OpenAI's API that there are here.
struct OpenAIRoutes {
    let server: ServerState

    var all: [Route] {
        ChatCompletionsAPI(server: self.server).routes + CompletionsAPI(server: self.server).routes
            + EmbeddingsAPI(server: self.server).routes + ModelsAPI(server: self.server).routes
    }
}
