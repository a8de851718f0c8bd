/// Merge sort: stable, and its comparison may fail.
enum StableSort {
    static func sort<Element>(
        _ items: [Element],
        by isLess: (Element, Element) throws(TemplateError) -> Bool
    ) throws(TemplateError) -> [Element] {
        var items = items
        var width = 1
        while width < items.count {
            var merged: [Element] = []
            merged.reserveCapacity(items.count)
            for start in stride(from: 0, to: items.count, by: 2 * width) {
                let middle = min(start + width, items.count)
                let end = min(start + 2 * width, items.count)
                var (left, right) = (start, middle)
                while left < middle, right < end {
                    if try isLess(items[right], items[left]) {
                        merged.append(items[right])
                        right += 1
                    } else {
                        merged.append(items[left])
                        left += 1
                    }
                }
                merged.append(contentsOf: items[left..<middle])
                merged.append(contentsOf: items[right..<end])
            }
            items = merged
            width *= 2
        }
        return items
    }
}
