/// The version of the program: of the daemon and of the command line, which are one.
package enum ProgramVersion {
    package static let current = "0.1.0"
}
