#if MULLAMA_TSAN
import Mullama

/// Goes before the one of `Synchronization` wherever this module writes `Mutex`.
typealias Mutex = SanitizedMutex
#endif
