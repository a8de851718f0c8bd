// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "mullama-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "mullama-swift", path: "../")],
    targets: [
        .executableTarget(
            name: "template-fuzz",
            dependencies: [.product(name: "ChatTemplates", package: "mullama-swift")],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]
        )
    ],
    swiftLanguageModes: [.v6]
)
