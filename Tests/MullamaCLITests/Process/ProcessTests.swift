import Testing

/// Tests of the built program. One at a time: each that answers uses all cores.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum ProcessTests {}
