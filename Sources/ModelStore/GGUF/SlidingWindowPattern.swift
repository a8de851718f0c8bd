/// Which layers of a model look only at a window of the text, as far as its file says it.
public enum SlidingWindowPattern: Sendable, Hashable {
    /// In every group of so many layers all but one do. Which one depends on the architecture: most often the last.
    case period(Int)
    /// One entry for each layer: whether it does.
    case layers([Bool])
}
