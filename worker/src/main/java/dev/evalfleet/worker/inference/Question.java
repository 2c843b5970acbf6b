package dev.evalfleet.worker.inference;

/// How likely is this continuation after that context? An empty context stands for the model's start token.
public record Question(String context, String continuation) {

    /// The same question with the whitespace that ends the context moved to the continuation, as lm-eval asks it:
    /// tokenise the whole, and cut where the tokens of the context end.
    public Question tokenizable() {
        int end = context.length();
        while (end > 0 && isPythonSpace(context.charAt(end - 1))) {
            end--;
        }
        return end == context.length()
                ? this
                : new Question(context.substring(0, end), context.substring(end) + continuation);
    }

    // What Python's str.rstrip() strips.
    private static boolean isPythonSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
