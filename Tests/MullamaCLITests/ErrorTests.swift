import ArgumentParser
import Foundation
import ModelStore
import Mullama
import Testing

@testable import MullamaCLI

struct ErrorTests {
    @Test func `statuses are those that the help promises`() {
        let expected: [(MullamaError.Code, Int32)] = [
            (.invalidRequest, 64), (.invalidGrammar, 64), (.invalidModelFile, 65), (.unsupportedModel, 65), (.contextWindowExceeded, 65),
            (.stateMismatch, 65), (.modelNotFound, 66), (.engineFailed, 70), (.modelClosed, 70), (.poolClosed, 70), (.outOfMemory, 71),
            (.cacheExhausted, 71), (.overloaded, 75), (.timedOut, 124),
        ]
        for (code, status) in expected {
            #expect(ExitStatus(code).rawValue == status, "\(code)")
        }
        let store: [(ModelStoreError.Code, Int32)] = [
            (.modelNotFound, 66), (.invalidName, 66), (.invalidModelFile, 65), (.truncatedModelFile, 65), (.unsupportedModel, 65),
            (.storeDamaged, 65), (.storeTooNew, 65), (.alreadyExists, 73), (.ioFailed, 74),
        ]
        for (code, status) in store {
            #expect(ExitStatus(code).rawValue == status, "\(code)")
        }
        #expect(ExitStatus(signal: SIGINT).rawValue == 130)
        #expect(ExitStatus(signal: SIGTERM).rawValue == 143)
        for status in ExitStatus.allCases {
            #expect(ExitStatus.help.contains(" \(status.rawValue)  \(status.meaning)"))
        }
    }

    @Test func `an error is one line with its code, whatever is in it`() {
        let diagnostic = Diagnostic(MullamaError(.invalidModelFile, "a\nb\u{1B}[31m\tc"), interruption: nil)
        #expect(diagnostic.line == "mullama: error: a b\u{FFFD}[31m c [invalidModelFile]")
        #expect(diagnostic.status == .invalidData)
    }

    @Test func `an answer that another has ended is no failure of the engine`() {
        let diagnostic = Diagnostic(DaemonError.cancelled("ended by another: who knows"), interruption: nil)
        #expect(diagnostic.line == "mullama: error: ended by another: who knows [cancelled]")
        #expect(diagnostic.status == .terminated)
        #expect(AnswerJob.reason(DaemonError.cancelled("")) == .cancelled)
    }

    @Test func `store errors keep their codes`() {
        let diagnostic = Diagnostic(ModelStoreError(.alreadyExists, "taken"), interruption: nil)
        #expect(diagnostic.line == "mullama: error: taken [alreadyExists]")
        #expect(diagnostic.status == .alreadyExists)
        #expect(Diagnostic.warning(ModelStoreError(.storeDamaged, "a\nb")) == "mullama: warning: a b [storeDamaged]")
    }

    @Test func `the error of one of several prompts names its line`() {
        let diagnostic = Diagnostic(PromptError(line: 3, cause: MullamaError(.contextWindowExceeded, "too long")), interruption: nil)
        #expect(diagnostic.line == "mullama: error: prompt 3: too long [contextWindowExceeded]")
        #expect(diagnostic.status == .invalidData)
    }

    @Test func `usage errors are one line`() {
        let error = #expect(throws: (any Error).self) { try MullamaCommand.parseAsRoot(["run", "--bogus"]) }
        let diagnostic = error.map { Diagnostic($0, interruption: nil) }
        #expect(diagnostic?.status == .invalidRequest)
        #expect(diagnostic?.line?.contains("--bogus") == true)
        #expect(diagnostic?.line?.hasSuffix(" [usage]") == true)
        #expect(diagnostic?.line?.contains("\n") == false)
    }

    @Test func `an interrupt and a reader that left say nothing`() {
        #expect(Diagnostic(CancellationError(), interruption: SIGINT).status == .interrupted)
        #expect(Diagnostic(CancellationError(), interruption: SIGTERM).status == .terminated)
        #expect(Diagnostic(ModelStoreError(.cancelled, "stopped"), interruption: SIGINT).status == .interrupted)
        #expect(Diagnostic(CancellationError(), interruption: nil).status == .outputClosed)
        #expect(Diagnostic(OutputError.closed, interruption: nil).status == .outputClosed)
        for error: any Error in [CancellationError(), OutputError.closed, ModelStoreError(.cancelled, "stopped")] {
            #expect(Diagnostic(error, interruption: SIGINT).line == nil)
        }
    }

    @Test func `a full disk is an error`() {
        let diagnostic = Diagnostic(OutputError(errno: ENOSPC), interruption: nil)
        #expect(diagnostic.status == .ioFailed)
        #expect(diagnostic.line?.hasSuffix("[ioFailed]") == true)
        #expect(OutputError(errno: EPIPE) == .closed)
    }
}
