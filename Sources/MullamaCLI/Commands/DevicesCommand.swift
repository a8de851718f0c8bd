import ArgumentParser
import Mullama

/// `mullama devices`: what llama.cpp can compute on.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "List the processors that models can run on."
    )

    @Flag(help: "Print a JSON array, with bytes.")
    var json = false

    func run() throws {
        let devices = DeviceList(LlamaLibrary.devices)
        try Output.standard.write(self.json ? JSONText.document(devices) : devices.table.text)
    }
}
