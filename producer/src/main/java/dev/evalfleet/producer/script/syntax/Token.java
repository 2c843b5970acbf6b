package dev.evalfleet.producer.script.syntax;

/// A word of the source.
///
/// @param text of a TEXT what it says, escapes read; of a FORMATTED what stands between the quotes
record Token(Kind kind, String text, int line) {
    enum Kind {
        NAME,
        NUMBER,
        TEXT,
        FORMATTED,
        OPERATOR,
        NEWLINE,
        INDENT,
        DEDENT,
        END
    }

    boolean is(String operatorOrWord) {
        return (kind == Kind.OPERATOR || kind == Kind.NAME) && text.equals(operatorOrWord);
    }
}
