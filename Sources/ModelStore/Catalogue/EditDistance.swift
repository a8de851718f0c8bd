/// How far two words are apart: the fewest letters to insert, remove, change or swap with their neighbour.
enum EditDistance {
    /// The distance of one text from the other.
    static func between(_ left: String, _ right: String) -> Int {
        lastRow(left, right).last ?? 0
    }

    /// The distance of a text from the start of another one, whichever start is the nearest.
    static func toStart(_ text: String, of other: String) -> Int {
        lastRow(text, other).min() ?? 0
    }

    /// The distances of `left` from the first 0, 1, 2, ... letters of `right`.
    private static func lastRow(_ left: String, _ right: String) -> [Int] {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            row.reserveCapacity(right.count + 1)
            for j in right.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last
    }
}
