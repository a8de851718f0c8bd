#ifndef MULLAMA_CLLAMA_SHIM_H
#define MULLAMA_CLLAMA_SHIM_H

#include <llama.h>

// The API moved to `load_mode`, `n_outputs_max` and `llama_version()` with sequence state format 3 and session
// format 10 (llama.cpp 0.5). An older header would fail later with errors that name neither cause nor cure.
#if !defined(LLAMA_SESSION_VERSION) || LLAMA_SESSION_VERSION < 10 || !defined(LLAMA_STATE_SEQ_VERSION) || LLAMA_STATE_SEQ_VERSION < 3
#error "Mullama needs llama.cpp 0.5 or newer: the llama.h found is older. Run Scripts/setup, then eval \"$(make -s env)\"."
#endif

#endif
