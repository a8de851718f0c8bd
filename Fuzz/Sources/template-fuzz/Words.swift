/// What random templates are made of.
enum Words {
    static let names = [
        "messages", "m", "x", "y", "ns", "tools", "loop", "f", "g", "caller", "varargs", "kwargs", "range", "dict", "nope", "cycler",
    ]
    static let constants = [
        "0", "1", "-1", "2", "3.5", "1e308", "9223372036854775807", "100000", "none", "true", "false", "''", "'a'", "'é\u{1F600}'",
        "'a b c'", "'%s %5.2f'",
        "'{} {0:>{1}} {x!r}'", "'%1000000000d'", "[]", "{}", "()", "[1, 'a', none]", "{'a': 1, 'b': [2]}", "(1, 2)", "'role'",
        "'\\n\\u00e9'",
    ]
    static let operators = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
    static let filters = [
        "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat", "first",
        "float",
        "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min",
        "reject",
        "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice", "sort", "string", "sum", "title", "tojson",
        "trim",
        "truncate", "unique", "upper", "urlencode", "wordcount", "xmlattr", "nosuchfilter",
    ]
    static let tests = [
        "odd", "even", "divisibleby", "defined", "undefined", "filter", "test", "none", "boolean", "false", "true", "integer", "float",
        "lower",
        "upper", "string", "mapping", "number", "sequence", "iterable", "callable", "sameas", "escaped", "in", "eq", "ne", "lt", "le", "gt",
        "ge",
    ]
    static let methods = [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "partition", "rpartition", "removeprefix", "removesuffix",
        "startswith",
        "endswith", "find", "rfind", "index", "rindex", "count", "isdigit", "isalpha", "title", "replace", "center", "ljust", "zfill",
        "expandtabs",
        "join", "format", "format_map", "items", "keys", "values", "get", "append", "pop", "copy", "bit_length", "is_integer", "next",
        "cycle",
        "changed", "content", "role", "index0", "nextitem", "previtem", "length", "last", "a", "__class__", "grouper",
    ]
    static let keywords = ["attribute", "default", "indent", "reverse", "width", "first", "sep", "maxsplit", "a", "x", "boolean", "start"]
    /// Pieces that mean something to the lexer.
    static let pieces = [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", "{%+", "+%}", "'", "\"", "\\", "(", ")", "[", "]", "{", "}", "|",
        ".", ",",
        ":", "=", "if", "else", "elif", "endif", "for", "endfor", "set", "endset", "macro", "endmacro", "call", "endcall", "raw", "endraw",
        "is",
        "not", "in", "recursive", "\n", " ", "\t", "\r\n", "é", "\u{1F600}", "0", "1e5", "0x", "_", "\u{A0}", "\u{0}", "*", "**",
        "generation",
    ]
}
