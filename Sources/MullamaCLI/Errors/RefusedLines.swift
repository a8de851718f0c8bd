/// Some lines of the input came to nothing, which was said in their places.
struct RefusedLines: Error {}
