import Foundation
import Testing

/// The files in `contrib`.
struct UnitFileTests {
    private static let contrib = URL(filePath: #filePath).appending(path: "../../../contrib").standardized

    @Test(arguments: ["mullama.service", "mullama-user.service"])
    func `a systemd unit is one, with a program that is there`(_ name: String) async throws {
        let unit = try String(contentsOf: Self.contrib.appending(path: "systemd/\(name)"), encoding: .utf8)
        #expect(unit.contains("mullama serve\n"))
        #expect(unit.contains("RuntimeDirectory=mullama\nRuntimeDirectoryMode=0700\n"))
        // Checked as far as this machine can: a user's manager needs a session, so both are read as the system's.
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else { return }
        let folder = try TemporaryFolder()
        let program = unit.replacing(/ExecStart=\S+/, with: "ExecStart=/bin/true")
        let file = try folder.file("mullama.service", program.utf8)
        let complaints = try await TestDaemon.shell("systemd-analyze verify --recursive-errors=no \(file) 2>&1")
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test func `the launchd list is well-formed and starts the server`() throws {
        let data = try Data(contentsOf: Self.contrib.appending(path: "launchd/org.mullama.serve.plist"))
        let list = try #require(try PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any])
        #expect(list["Label"] as? String == "org.mullama.serve")
        #expect((list["ProgramArguments"] as? [String])?.last == "serve")
    }
}
