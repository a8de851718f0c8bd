#if MULLAMA_TSAN
import Mullama

/// Goes before the one of `Synchronization` wherever these tests write `Mutex`.
typealias Mutex = SanitizedMutex
#endif
