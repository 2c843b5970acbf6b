package dev.evalfleet.worker.scoring.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.runtime.python.PythonRegex;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The harness's `regex_pos`: of `('word', 'TAG')` pairs the tags, as the text of a Python list.
final class WordTags {

    private static final PythonRegex PAIRS = PythonRegex.compile("\\('([^']*)', '([^']*)'\\)");

    private WordTags() {}

    static UnaryOperator<String> from(JsonNode arguments) {
        JsonNode fallback = arguments.path("fallback");
        String otherwise = fallback.isMissingNode() || fallback.isNull() ? "['invalid']" : fallback.asText();
        return answer -> {
            List<List<String>> pairs = PAIRS.findAll(answer);
            return pairs.isEmpty()
                    ? otherwise
                    : pairs.stream().map(pair -> quoted(pair.get(1))).collect(Collectors.joining(", ", "[", "]"));
        };
    }

    // A tag holds no quote.
    private static String quoted(String tag) {
        return "'"
                + tag.replace("\\", "\\\\")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t") + "'";
    }
}
