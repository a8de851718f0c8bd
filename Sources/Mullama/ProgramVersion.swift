/// The version of what is built here: of the library, the daemon and the command line, which are one.
package enum ProgramVersion {
    package static let current = "0.1.0"
}
