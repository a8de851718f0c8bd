import AsyncAlgorithms
import Crypto
import Hummingbird
import Metrics
import Mullama
