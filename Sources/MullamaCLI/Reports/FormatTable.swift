import Mullama

/// What other formats of a model's weights would give.
struct FormatTable: Encodable {
    let report: FormatReport

    var text: String {
        let table = TextTable(
            header: ["format", "size", "prompt", "1 stream", "\(self.report.streams) streams", "speed", "perplexity"],
            rows: self.report.measurements.map(self.row),
            alignments: [.left] + [TextTable.Alignment](repeating: .right, count: 6)
        )
        var lines = ["\(self.report.model) on \(self.report.processor), \(self.report.cores) cores, in tokens per second", ""]
        lines += table.lines
        lines += [
            "",
            "speed: of a prompt, one stream and several, each against the file as it is in the same round. perplexity: of "
                + "\(Quantity.grouped(self.report.perplexityTokens)) tokens of English; lower is better.",
            "All were requantised from \(self.report.source), and keep what it has lost: a file converted from the full weights is better.",
        ]
        let fallbacks = self.report.measurements.filter { $0.fallbackTensors > 0 }.map { "\($0.name) \($0.fallbackTensors)" }
        if !fallbacks.isEmpty {
            lines.append("Tensors whose width does not suit the format are stored in another: \(fallbacks.joined(separator: ", ")).")
        }
        lines.append("`mullama tune \(self.report.model) --write FORMAT` puts such a copy into the store.")
        return lines.map { $0 + "\n" }.joined()
    }

    func encode(to encoder: any Encoder) throws { try self.report.encode(to: encoder) }

    private func row(_ format: FormatMeasurement) -> [String] {
        let base = self.report.measurements.first?.perplexity ?? format.perplexity
        let change = Quantity.fixed((format.perplexity / base - 1) * 100, 1)
        let isOriginal = format.format == nil
        return [
            format.name + (isOriginal ? " (as it is)" : ""),
            ByteCount(format.size).description,
            Quantity.fixed(format.prefill, 0),
            Quantity.fixed(format.decode, format.decode < 9.95 ? 1 : 0),
            Quantity.fixed(format.streams, format.streams < 9.95 ? 1 : 0),
            [format.prefillRatio, format.decodeRatio, format.streamsRatio].map { Quantity.fixed($0, 2) }.joined(separator: " "),
            Quantity.fixed(format.perplexity, 2) + (isOriginal ? "" : " (\(change.hasPrefix("-") ? "" : "+")\(change) %)"),
        ]
    }
}
