import Foundation
import InferenceCore
import Logging
import ModelStore

extension ModelLoader {
    /// What is known of where the model's results do not depend on load. Under strict it is found out now, else when the engine has time.
    ///
    /// - Throws: ``MullamaError/Code/unsupportedModel`` under strict for a model that cannot keep it.
    func check(
        _ recipe: ContextRecipe,
        _ header: GGUFHeader,
        bytesPerToken: Int,
        vocabularySize: Int
    ) async throws -> ReproducibilityCheck {
        let params = self.params
        let batch = ReproducibilityProbe.most(parallel: params.parallel, bytesPerToken: bytesPerToken)
        return try await InferenceThread.performOnce(name: "mullama-load") {
            let check = ReproducibilityCheck(
                params.reproducibility,
                parallel: params.parallel,
                key: ReproducibilityStore.key(header, settings: recipe.reproducibilityKey(params), batch: batch),
                store: ReproducibilityStore()
            ) { abort in
                var recipe = recipe
                recipe.abort = abort
                return ReproducibilityProbe(
                    recipe,
                    vocabularySize: vocabularySize,
                    parallel: params.parallel,
                    bytesPerToken: bytesPerToken
                )
            }
            if params.reproducibility == .strict {
                do throws(RequestFault) {
                    try check.run()
                } catch {
                    throw MullamaError(error)
                }
                guard check.status.state == .kept else {
                    throw MullamaError(
                        .unsupportedModel,
                        "reproducibility is strict, and \(header.url.path) cannot keep it: \(check.status.reason); load it with automatic or relaxed"
                    )
                }
            }
            let status = check.status
            LlamaLog.shared.note(
                .info,
                "\(header.url.lastPathComponent): the same answer under any load is \(status.state.text): \(status.reason)"
            )
            return check
        }
    }
}

extension ContextRecipe {
    /// All of the settings that a result may depend on.
    fileprivate func reproducibilityKey(_ params: ModelParams) -> String {
        "\(self.settings), \(self.rows) rows of a call, GPU layers \(params.gpuLayers.map { "\($0)" } ?? "all")"
    }
}
