// swift-tools-version:6.2
import PackageDescription

// CI sets MULLAMA_STRICT=1: our own warnings are errors there, a user's build never breaks on one.
let strict = Context.environment["MULLAMA_STRICT"] == "1"

// The library without the command line and what that alone needs: what the thread sanitizer looks at, and a quicker build.
let hasTools = Context.environment["MULLAMA_ONLY"] != "library"
// The sanitizer does not know the locks of `Synchronization`: they are swapped for ones that it knows.
let sanitized = Context.environment["MULLAMA_TSAN"] == "1"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])
    // A file that imports `Synchronization` for its lock does not import the module of the lock that takes its place.
    + [sanitized ? .define("MULLAMA_TSAN") : .enableUpcomingFeature("MemberImportVisibility")]

let library: [Target] = [
    .target(name: "ChatTemplates", swiftSettings: settings),
    .testTarget(name: "ChatTemplatesTests", dependencies: ["ChatTemplates"], swiftSettings: settings),
    .target(name: "InferenceCore", swiftSettings: settings),
    .testTarget(name: "InferenceCoreTests", dependencies: ["InferenceCore"], swiftSettings: settings),
    .target(name: "SchedulerSimulator", dependencies: ["InferenceCore"], swiftSettings: settings),
    .testTarget(
        name: "SchedulerSimulatorTests",
        dependencies: ["SchedulerSimulator", "InferenceCore"],
        swiftSettings: settings
    ),
    .systemLibrary(
        name: "CLlama",
        pkgConfig: "llama",
        providers: [.brew(["llama.cpp"]), .apt(["libllama-dev"])]
    ),
    .target(
        name: "ModelStore",
        resources: [.embedInCode("catalogue.json")],
        swiftSettings: settings
    ),
    .target(
        name: "Mullama",
        dependencies: [
            "CLlama", "ChatTemplates", "InferenceCore", "ModelStore",
            .product(name: "Logging", package: "swift-log"),
            .product(name: "Histogram", package: "hdrhistogram-swift"),
        ],
        swiftSettings: settings
    ),
    .target(
        name: "MullamaTestSupport",
        dependencies: ["InferenceCore", "Mullama"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "MullamaTests",
        dependencies: [
            "Mullama", "MullamaTestSupport", "ChatTemplates", "InferenceCore", "ModelStore", "SchedulerSimulator",
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
        ],
        swiftSettings: settings
    ),
]

let tools: [Target] = [
    .target(
        name: "MullamaServer",
        dependencies: [
            "Mullama", "ChatTemplates", "InferenceCore", "ModelStore",
            .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
            .product(name: "Configuration", package: "swift-configuration"),
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "Metrics", package: "swift-metrics"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ],
        swiftSettings: settings
    ),
    .testTarget(
        name: "MullamaServerTests",
        dependencies: [
            "MullamaServer", "Mullama", "MullamaTestSupport", "ChatTemplates", "InferenceCore", "ModelStore",
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdTesting", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "Metrics", package: "swift-metrics"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ],
        swiftSettings: settings
    ),
    .target(
        name: "ModelImport",
        dependencies: ["ModelStore", .product(name: "Crypto", package: "swift-crypto")],
        swiftSettings: settings
    ),
    .executableTarget(
        name: "MullamaCLI",
        dependencies: [
            "Mullama", "MullamaServer", "ChatTemplates", "InferenceCore", "ModelStore", "ModelImport", "SchedulerSimulator",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "Configuration", package: "swift-configuration"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ],
        swiftSettings: settings
    ),
    .testTarget(
        name: "ModelStoreTests",
        dependencies: ["ModelStore", "ModelImport", "MullamaTestSupport"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "MullamaCLITests",
        dependencies: [
            "MullamaCLI", "MullamaServer", "ChatTemplates", "InferenceCore", "ModelStore", "MullamaTestSupport", "SchedulerSimulator",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: settings
    ),
]

let package = Package(
    name: "mullama-swift",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Mullama", targets: ["Mullama"]),
        .library(name: "ModelStore", targets: ["ModelStore"]),
        .library(name: "ChatTemplates", targets: ["ChatTemplates"]),
    ] + (hasTools ? [.executable(name: "mullama", targets: ["MullamaCLI"])] : []),
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // Only the daemon and tests import it: who uses the library as a package does not build it.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ]
        + (hasTools
            ? [
                .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
                .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
                .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
                .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
                .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
                .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
                .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
                .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
                .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
            ] : []),
    targets: library + (hasTools ? tools : []),
    swiftLanguageModes: [.v6]
)
