import Testing

@testable import MullamaServer

@Suite("Connections, as a value")
struct ConnectionStateTests {
    private var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.head = .seconds(10)
        limits.idle = .seconds(75)
        limits.body = .seconds(30)
        limits.bodyRate = 100
        limits.send = .seconds(300)
        limits.gone = .seconds(2)
        limits.goneSilence = .seconds(1)
        limits.linger = .seconds(30)
        limits.lingerSilence = .seconds(3)
        return limits
    }

    private func state(isDraining: Bool = false) -> ConnectionState {
        ConnectionState(limits: self.limits, isDraining: isDraining, now: .zero)
    }

    /// A connection with a request that has been read.
    private func asked(keepsAlive: Bool = true, now: Duration = .zero) -> ConnectionState {
        var state = self.state()
        #expect(state.readHead(keepsAlive: keepsAlive, now: now) == true)
        #expect(state.readEnd(now: now) == true)
        return state
    }

    @Test("The first head has its time, however slowly it trickles; later ones have that of an idle connection")
    func heads() {
        var state = self.state()
        #expect(state.deadline == .seconds(10))
        #expect(state.timeOut(now: .seconds(9)) == .nothing)
        #expect(state.readHead(keepsAlive: true, now: .seconds(9)) == true)
        #expect(state.readEnd(now: .seconds(9)) == true)
        #expect(state.deadline == nil)
        #expect(state.writeHead(asksToClose: false) == false)
        #expect(state.writeEnd(now: .seconds(1000)) == .nothing)
        #expect(state.deadline == .seconds(1075))
        #expect(state.timeOut(now: .seconds(1075)) == .close)
        #expect(state.deadline == nil)
    }

    @Test("A request that waits for its answer is never cut, nor a stream")
    func running() {
        var state = self.asked()
        #expect(state.deadline == nil)
        _ = state.writeHead(asksToClose: false)
        #expect(state.deadline == nil)
        #expect(state.timeOut(now: .seconds(1_000_000)) == .nothing)
    }

    @Test("A body may not stall, nor trickle")
    func bodies() {
        var state = self.state()
        #expect(state.readHead(keepsAlive: true, now: .zero) == true)
        #expect(state.deadline == .seconds(30))
        #expect(state.readBody(bytes: 3_000, now: .seconds(20)) == true)
        #expect(state.deadline == .seconds(50))
        #expect(state.readBody(bytes: 100, now: .seconds(45)) == true)
        // 3,100 bytes at 100 a second are 31 s, and 30 s are given.
        #expect(state.deadline == .seconds(61))
        #expect(state.timeOut(now: .seconds(61)) == .fail(.bodyTimedOut))
        #expect(state.deadline == nil)
        #expect(state.readBody(bytes: 1, now: .seconds(62)) == false)
        #expect(state.writeHead(asksToClose: false) == true)
        #expect(state.writeEnd(now: .seconds(62)) == .linger)
    }

    @Test("A body behind a stream has its time when its turn comes")
    func pipelinedBody() {
        var state = self.asked()
        #expect(state.readHead(keepsAlive: true, now: .seconds(1)) == true)
        #expect(state.readBody(bytes: 10, now: .seconds(1)) == true)
        #expect(state.deadline == nil)
        #expect(state.writeHead(asksToClose: false) == false)
        #expect(state.writeEnd(now: .seconds(500)) == .nothing)
        #expect(state.deadline == .seconds(530))
    }

    @Test("The connection ends with an answer whose request has not been read to the end")
    func unreadBody() {
        var state = self.state()
        #expect(state.readHead(keepsAlive: true, now: .zero) == true)
        #expect(state.readBody(bytes: 10, now: .zero) == true)
        #expect(state.writeHead(asksToClose: false) == true)
        #expect(state.deadline == nil)
        #expect(state.writeEnd(now: .zero) == .linger)
        #expect(state.linger(now: .zero) == true)
        #expect(state.linger(now: .zero) == false)
        #expect(state.readBody(bytes: 10, now: .seconds(1)) == false)
        #expect(state.deadline == .seconds(4))
        for second in 2...29 { #expect(state.readBody(bytes: 10, now: .seconds(second)) == false) }
        #expect(state.deadline == .seconds(30))
        #expect(state.timeOut(now: .seconds(30)) == .close)
    }

    @Test("Who asks to close is the last to be answered, and what comes behind is not read")
    func close() {
        var state = self.asked(keepsAlive: false)
        #expect(state.readHead(keepsAlive: true, now: .zero) == false)
        #expect(state.readBody(bytes: 1, now: .zero) == false)
        #expect(state.readEnd(now: .zero) == false)
        #expect(state.requests == 1)
        #expect(state.writeHead(asksToClose: false) == true)
        #expect(state.writeEnd(now: .zero) == .linger)
    }

    @Test("Pipelined requests are all answered, and the connection ends with the one that says so")
    func pipelined() {
        var state = self.asked()
        #expect(state.readHead(keepsAlive: false, now: .zero) == true)
        #expect(state.readEnd(now: .zero) == true)
        #expect(state.writeHead(asksToClose: false) == false)
        #expect(state.writeEnd(now: .zero) == .nothing)
        #expect(state.writeHead(asksToClose: false) == true)
        #expect(state.writeEnd(now: .zero) == .linger)
    }

    @Test("An answer that says so ends the connection, also before those behind it")
    func closingAnswer() {
        var state = self.asked()
        #expect(state.readHead(keepsAlive: true, now: .zero) == true)
        #expect(state.writeHead(asksToClose: true) == true)
        #expect(state.writeEnd(now: .zero) == .linger)
    }

    @Test("What is no request is answered once, after the requests before it")
    func malformed() {
        var idle = self.state()
        #expect(idle.fail(.malformed, now: .zero) == .answer(.malformed))
        #expect(idle.fail(.malformed, now: .zero) == .nothing)

        var busy = self.asked()
        #expect(busy.fail(.headTooLarge, now: .zero) == .nothing)
        #expect(busy.readHead(keepsAlive: true, now: .zero) == false)
        #expect(busy.writeHead(asksToClose: false) == false)
        #expect(busy.writeEnd(now: .zero) == .answer(.headTooLarge))
    }

    @Test("A broken body is told to who reads it, and the connection ends with the answer")
    func brokenBody() {
        var state = self.state()
        #expect(state.readHead(keepsAlive: true, now: .zero) == true)
        #expect(state.fail(.malformed, now: .zero) == .fail(.malformed))
        #expect(state.fail(.malformed, now: .zero) == .nothing)
        #expect(state.writeHead(asksToClose: false) == true)
        #expect(state.writeEnd(now: .zero) == .linger)
    }

    @Test("A client that sends no more is not waited for once its answer is stuck, and lingering is over")
    func gone() {
        var state = self.asked()
        #expect(state.inputClosed(now: .seconds(5)) == .nothing)
        #expect(state.deadline == .seconds(7))
        #expect(state.timeOut(now: .seconds(7)) == .close)

        var lingering = self.asked()
        _ = lingering.linger(now: .zero)
        #expect(lingering.inputClosed(now: .zero) == .close)
    }

    @Test("A client that takes nothing is waited for, but not for ever")
    func blocked() {
        var state = self.asked()
        _ = state.writeHead(asksToClose: false)
        state.writable(false, now: .seconds(10))
        state.writable(false, now: .seconds(20))
        #expect(state.deadline == .seconds(310))
        state.writable(true, now: .seconds(30))
        #expect(state.deadline == nil)
        state.writable(false, now: .seconds(40))
        #expect(state.timeOut(now: .seconds(340)) == .close)
    }

    @Test("A client that takes a part of what is there has its time anew")
    func slow() {
        var state = self.asked()
        _ = state.writeHead(asksToClose: false)
        state.sent(now: .seconds(5))
        #expect(state.deadline == nil)
        state.writable(false, now: .seconds(10))
        state.sent(now: .seconds(200))
        #expect(state.timeOut(now: .seconds(310)) == .nothing)
        #expect(state.timeOut(now: .seconds(500)) == .close)
    }

    @Test("A head that has begun is told that it is late, an empty line behind a request is no head")
    func lateHead() {
        var begun = self.state()
        begun.readBytes()
        #expect(begun.timeOut(now: .seconds(10)) == .answer(.headTimedOut))
        #expect(begun.timeOut(now: .seconds(11)) == .nothing)

        var body = self.state()
        #expect(body.readHead(keepsAlive: true, now: .zero) == true)
        body.readBytes()
        #expect(body.readEnd(now: .zero) == true)
        _ = body.writeHead(asksToClose: false)
        _ = body.writeEnd(now: .zero)
        #expect(body.timeOut(now: .seconds(75)) == .close)
    }

    @Test("A client that sends no more and takes nothing has left")
    func blockedAndGone() {
        var state = self.asked()
        _ = state.writeHead(asksToClose: false)
        state.writable(false, now: .seconds(10))
        #expect(state.inputClosed(now: .seconds(50)) == .nothing)
        #expect(state.deadline == .seconds(51))
        // It reads after all.
        state.writable(true, now: .milliseconds(50_500))
        #expect(state.deadline == .seconds(52))
        state.writable(false, now: .milliseconds(50_600))
        #expect(state.timeOut(now: .milliseconds(51_600)) == .close)
    }

    @Test("A shutdown closes what is idle, and the rest with its answer")
    func draining() {
        var idle = self.state()
        #expect(idle.drain() == .close)

        var busy = self.asked()
        #expect(busy.drain() == .nothing)
        #expect(busy.writeHead(asksToClose: false) == true)
        #expect(busy.writeEnd(now: .zero) == .linger)

        // The head is out already.
        var streaming = self.asked()
        #expect(streaming.writeHead(asksToClose: false) == false)
        #expect(streaming.drain() == .nothing)
        #expect(streaming.writeEnd(now: .zero) == .linger)

        var late = self.state(isDraining: true)
        #expect(late.readHead(keepsAlive: true, now: .zero) == true)
        #expect(late.readEnd(now: .zero) == true)
        #expect(late.writeHead(asksToClose: false) == true)
    }
}
