import Testing

@testable import Mullama

@Suite("The queue that entries can leave from the middle")
struct TicketQueueTests {
    @Test("First in, first out, without those that left")
    func order() {
        var queue = TicketQueue<Int>()
        let tickets = (0..<100).map { queue.append($0) }
        for index in stride(from: 0, to: 100, by: 3) { #expect(queue.remove(tickets[index]) == index) }
        #expect(queue.remove(tickets[0]) == nil)
        #expect(queue.count == 66)

        var left: [Int] = []
        while let (ticket, entry) = queue.removeFirst() {
            #expect(ticket == tickets[entry])
            left.append(entry)
        }
        #expect(left == (0..<100).filter { $0 % 3 != 0 })
        #expect(queue.count == 0)
    }

    @Test("An entry is replaced where it stands, and not after it has left")
    func replace() {
        var queue = TicketQueue<String>()
        let first = queue.append("a")
        let second = queue.append("b")
        queue.replace(first, with: "A")
        #expect(queue.remove(second) == "b")
        queue.replace(second, with: "B")
        #expect(queue.removeFirst()?.entry == "A")
        #expect(queue.removeFirst() == nil)
    }

    @Test("Who comes and leaves behind a first that stays takes no room for good")
    func sweep() {
        var queue = TicketQueue<Int>()
        let first = queue.append(-1)
        for index in 0..<10_000 {
            let ticket = queue.append(index)
            #expect(queue.remove(ticket) == index)
        }
        #expect(queue.places < 50)
        for index in 0..<10_000 {
            _ = queue.append(index)
            _ = queue.removeFirst()
        }
        #expect(queue.places < 50)
        #expect(queue.remove(first) == nil)
        #expect(queue.count == 1)
    }
}
