extension MachineProfile: Codable {
    private enum Key: String, CodingKey {
        case step, decodeBatch, decodeRow, decodeDepth, prefillChunk, prefillToken, prefillDepth
        case copyToken, parkToken, restoreToken, makeCell, moveTime, jitter
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func value(_ key: Key, upTo most: Double = 1e6) throws -> Double {
            let value = try container.decode(Double.self, forKey: key)
            guard 0...most ~= value else {
                throw DecodingError.dataCorruptedError(
                    forKey: key,
                    in: container,
                    debugDescription: "must be 0 to \(Int(most)) and is \(value)"
                )
            }
            return value
        }
        self.init(
            step: try value(.step),
            decodeBatch: try value(.decodeBatch),
            decodeRow: try value(.decodeRow),
            decodeDepth: try value(.decodeDepth),
            prefillChunk: try value(.prefillChunk),
            prefillToken: try value(.prefillToken),
            prefillDepth: try value(.prefillDepth),
            copyToken: try value(.copyToken),
            parkToken: try value(.parkToken),
            restoreToken: try value(.restoreToken),
            makeCell: try value(.makeCell),
            moveTime: try value(.moveTime),
            jitter: try value(.jitter, upTo: 1)
        )
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.step, forKey: .step)
        try container.encode(self.decodeBatch, forKey: .decodeBatch)
        try container.encode(self.decodeRow, forKey: .decodeRow)
        try container.encode(self.decodeDepth, forKey: .decodeDepth)
        try container.encode(self.prefillChunk, forKey: .prefillChunk)
        try container.encode(self.prefillToken, forKey: .prefillToken)
        try container.encode(self.prefillDepth, forKey: .prefillDepth)
        try container.encode(self.copyToken, forKey: .copyToken)
        try container.encode(self.parkToken, forKey: .parkToken)
        try container.encode(self.restoreToken, forKey: .restoreToken)
        try container.encode(self.makeCell, forKey: .makeCell)
        try container.encode(self.moveTime, forKey: .moveTime)
        try container.encode(self.jitter, forKey: .jitter)
    }
}
