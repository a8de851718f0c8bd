/// A contestant in a process of its own.
protocol ServerContestant: Contestant {
    var process: ServerProcess { get }
}

extension ServerContestant {
    func stop() async { await self.process.stop() }
}
