package dev.evalfleet.worker.scoring.answer;

import dev.evalfleet.runtime.python.PythonNumber;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Answers to problems of the MATH dataset, in LaTeX (Hendrycks et al., 2021): the same after small differences of
/// writing are levelled. Nothing is computed: 0.5 and 1/2 are the same, 0.25 and 1/4 are not.
public final class MathAnswer {

    private static final String BOX = "\\boxed{";
    private static final String OPEN_BOX = "\\boxed ";

    private MathAnswer() {}

    /// Whether both are the same answer. Where one of them cannot be levelled, whether they are the same text.
    public static boolean same(String one, String other) {
        try {
            return levelled(one).equals(levelled(other));
        } catch (Unreadable e) {
            return one.equals(other);
        }
    }

    /// What stands between the first and the last dollar sign; the whole text where there are not two.
    public static String betweenDollars(String text) {
        int first = text.indexOf('$');
        int last = text.lastIndexOf('$');
        return first == last ? text : text.substring(first + 1, last);
    }

    /// What the last `\boxed` of a text holds; empty where there is none, or its braces do not close.
    public static Optional<String> boxed(String text) {
        int open = text.lastIndexOf(OPEN_BOX);
        if (open >= 0) {
            String rest = text.substring(open + OPEN_BOX.length());
            int dollar = rest.indexOf('$');
            return Optional.of(dollar < 0 ? rest : rest.substring(0, dollar));
        }
        int start = text.lastIndexOf("\\boxed");
        int depth = 0;
        for (int i = Math.max(start, 0); start >= 0 && i < text.length(); i++) {
            depth += text.charAt(i) == '{' ? 1 : 0;
            if (text.charAt(i) == '}' && --depth == 0) {
                String box = text.substring(start, i);
                return box.startsWith(BOX) ? Optional.of(box.substring(BOX.length())) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String levelled(String text) throws Unreadable {
        String kept = text.replace("\n", "").replace("\\!", "").replace("\\\\", "\\");
        kept = kept.replace("tfrac", "frac").replace("dfrac", "frac");
        kept = kept.replace("\\left", "").replace("\\right", "");
        kept = kept.replace("^{\\circ}", "").replace("^\\circ", "").replace("\\$", "");
        kept = withoutUnit(kept).replace("\\%", "");
        kept = kept.replace(" .", " 0.").replace("{.", "{0.");
        if (kept.isEmpty()) {
            return kept;
        }
        kept = kept.startsWith(".") ? "0" + kept : kept;
        List<String> sides = parts(kept, "=");
        if (sides.size() == 2 && PythonText.length(sides.getFirst()) <= 2) {
            kept = sides.getLast();
        }
        kept = fractions(roots(kept).replace(" ", ""));
        return slash(kept.equals("0.5") ? "\\frac{1}{2}" : kept);
    }

    private static String withoutUnit(String text) throws Unreadable {
        List<String> parts = parts(text, "\\text{ ");
        if (parts.size() > 2) {
            throw new Unreadable();
        }
        return parts.getFirst();
    }

    /// `\sqrt3` is `\sqrt{3}`.
    private static String roots(String text) throws Unreadable {
        List<String> parts = parts(text, "\\sqrt");
        var levelled = new StringBuilder(parts.getFirst());
        for (String part : parts.subList(1, parts.size())) {
            levelled.append("\\sqrt").append(braced(part));
        }
        return levelled.toString();
    }

    /// `\frac12` is `\frac{1}{2}`, and `\frac1{72}` is `\frac{1}{72}`.
    private static String fractions(String text) throws Unreadable {
        List<String> parts = parts(text, "\\frac");
        var levelled = new StringBuilder(parts.getFirst());
        for (String part : parts.subList(1, parts.size())) {
            levelled.append("\\frac");
            if (part.startsWith("{")) {
                levelled.append(part);
                continue;
            }
            String above = first(part);
            String rest = part.substring(above.length());
            if (rest.isEmpty()) {
                return text;
            }
            levelled.append('{').append(above).append('}').append(braced(rest));
        }
        return levelled.toString();
    }

    // The first character in braces, where none are.
    private static String braced(String text) throws Unreadable {
        if (text.startsWith("{")) {
            return text;
        }
        String first = first(text);
        return "{" + first + "}" + text.substring(first.length());
    }

    /// `3/4` is `\frac{3}{4}`.
    private static String slash(String text) throws Unreadable {
        List<String> sides = parts(text, "/");
        if (sides.size() != 2) {
            return text;
        }
        BigInteger above = whole(sides.getFirst());
        BigInteger below = whole(sides.getLast());
        return text.equals(above + "/" + below) ? "\\frac{" + above + "}{" + below + "}" : text;
    }

    private static BigInteger whole(String text) throws Unreadable {
        return PythonNumber.whole(PythonText.strip(text)).orElseThrow(Unreadable::new);
    }

    private static String first(String text) throws Unreadable {
        if (text.isEmpty()) {
            throw new Unreadable();
        }
        return text.substring(0, text.offsetByCodePoints(0, 1));
    }

    private static List<String> parts(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    /// Where the original script ends with an exception, and then compares the texts.
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
