// What a model takes in memory, before it is loaded.

import Foundation
import ModelStore
import Mullama

// snippet.estimate
let file = try ModelStore().resolve("smollm2:135m").url
let estimate = try MemoryEstimate.for(modelAt: file, contextSize: 4096, parallel: 4)

print("weights", ByteCount(estimate.weights))
print("one full context", ByteCount(estimate.cachePerContext))
print("buffers", ByteCount(estimate.compute))
print("all of it", ByteCount(estimate.total))
// snippet.end

// snippet.cacheTypes
for type in CacheType.allCases {
    let estimate = try MemoryEstimate.for(modelAt: file, contextSize: 4096, cacheType: type)
    print(type, ByteCount(estimate.cachePerContext))
}
// snippet.end

// snippet.parallel
let parallel = try MemoryEstimate.recommendedParallel(modelAt: file, contextSize: 4096)
let model = try await AsyncModel.load("smollm2:135m", ModelParams(parallel: parallel, contextSize: 4096))
// snippet.end
print(model.info.name, parallel)
