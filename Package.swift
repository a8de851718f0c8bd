// swift-tools-version:6.2
import PackageDescription

// CI sets MULLAMA_STRICT=1: our own warnings are errors there, a user's build never breaks on one.
let strict = Context.environment["MULLAMA_STRICT"] == "1"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

// The thread sanitizer is for the pure core: it would see the C library's own threads as races. With this set, nothing else is built.
let coreOnly = Context.environment["MULLAMA_CORE_ONLY"] == "1"

let core: [Target] = [
    .target(name: "InferenceCore", swiftSettings: settings),
    .testTarget(name: "InferenceCoreTests", dependencies: ["InferenceCore"], swiftSettings: settings),
]

let package = Package(
    name: "mullama-swift",
    platforms: [.macOS(.v15)],
    products: coreOnly
        ? []
        : [
            .library(name: "Mullama", targets: ["Mullama"]),
            .library(name: "ModelStore", targets: ["ModelStore"]),
            .executable(name: "mullama", targets: ["MullamaCLI"]),
        ],
    dependencies: coreOnly
        ? []
        : [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
            .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
            .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        ],
    targets: coreOnly
        ? core
        : core + [
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
                name: "ModelImport",
                dependencies: ["ModelStore", .product(name: "Crypto", package: "swift-crypto")],
                swiftSettings: settings
            ),
            .target(
                name: "Mullama",
                dependencies: [
                    "CLlama", "InferenceCore", "ModelStore",
                    .product(name: "Logging", package: "swift-log"),
                ],
                swiftSettings: settings
            ),
            .executableTarget(
                name: "MullamaCLI",
                dependencies: [
                    "Mullama", "ModelStore", "ModelImport",
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                ],
                swiftSettings: settings
            ),
            .target(
                name: "MullamaTestSupport",
                dependencies: ["InferenceCore", "Mullama"],
                swiftSettings: settings
            ),
            .testTarget(name: "ModelStoreTests", dependencies: ["ModelStore", "ModelImport"], swiftSettings: settings),
            .testTarget(
                name: "MullamaTests",
                dependencies: ["Mullama", "MullamaTestSupport", "InferenceCore", "ModelStore"],
                swiftSettings: settings
            ),
            .testTarget(name: "MullamaCLITests", dependencies: ["MullamaCLI", "ModelStore"], swiftSettings: settings),
        ],
    swiftLanguageModes: [.v6]
)
