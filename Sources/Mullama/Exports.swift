@_exported public import struct ChatTemplates.TemplateDate
@_exported public import struct ChatTemplates.TemplateDictionary
// These are part of the public API: who imports Mullama must not need to know that they live in a module of their own.
@_exported public import enum ChatTemplates.TemplateValue
@_exported public import enum InferenceCore.FinishReason
@_exported public import enum InferenceCore.OverflowPolicy
@_exported public import struct InferenceCore.PromptPiece
@_exported public import enum InferenceCore.RequestPriority
@_exported public import struct InferenceCore.Timings
@_exported public import struct InferenceCore.Token
@_exported public import struct InferenceCore.TokenLogprob
@_exported public import struct InferenceCore.TraceEntry
@_exported public import struct InferenceCore.Usage
