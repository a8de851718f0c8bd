import Testing

@testable import MullamaServer

@Suite("Files that may be open")
struct OpenFilesTests {
    @Test("As many connections as are wanted, if the system allows them")
    func few() {
        #expect(OpenFiles.allow(connections: 8) == 8)
    }

    @Test("No more than the system allows")
    func many() {
        let most = OpenFiles.allow(connections: 1 << 40)
        #expect(most < 1 << 40)
        #expect(most >= 1)
    }
}
