// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "mullama-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "mullama-swift", path: "../"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(name: "CBenchLlama", pkgConfig: "llama"),
        .executableTarget(
            name: "mullama-bench",
            dependencies: [
                "CBenchLlama",
                .product(name: "Mullama", package: "mullama-swift"),
                .product(name: "ChatTemplates", package: "mullama-swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
