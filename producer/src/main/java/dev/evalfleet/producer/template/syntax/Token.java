package dev.evalfleet.producer.template.syntax;

/// A piece of template source.
record Token(Kind kind, String text, int line) {

    enum Kind {
        DATA,
        OUTPUT_BEGIN,
        OUTPUT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        INTEGER,
        FLOAT,
        STRING,
        OPERATOR,
        END
    }

    boolean is(Kind wanted, String value) {
        return kind == wanted && text.equals(value);
    }

    String described() {
        return switch (kind) {
            case END -> "end of template";
            case OUTPUT_END, BLOCK_END -> "'" + text.strip() + "'";
            default -> "'" + text + "'";
        };
    }
}
