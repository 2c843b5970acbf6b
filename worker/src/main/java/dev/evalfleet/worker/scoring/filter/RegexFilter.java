package dev.evalfleet.worker.scoring.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The harness's `regex`: the n-th match (from the end when negative), or the fallback.
record RegexFilter(PythonRegex regex, int groupSelect, String fallback) implements AnswerFilters.Step {

    private static final String NUMBER_AFTER_HASHES = "#### (\\-?[0-9\\.\\,]+)";

    static RegexFilter from(JsonNode arguments) {
        return new RegexFilter(
                PythonRegex.compile(arguments.path("regex_pattern").asText(NUMBER_AFTER_HASHES)),
                arguments.path("group_select").asInt(0),
                arguments.path("fallback").asText("[invalid]"));
    }

    @Override
    public List<String> apply(List<String> answers) {
        return answers.stream().map(this::extract).toList();
    }

    private String extract(String answer) {
        List<String> match = select(regex.findAll(answer), groupSelect);
        if (match == null) {
            return fallback;
        }
        String first = firstNonEmpty(match);
        return PythonText.strip(match.size() > 1 && first.isEmpty() ? fallback : first);
    }

    /// The match at the index, as Python indexes lists; null where there is none.
    static @Nullable List<String> select(List<List<String>> matches, int index) {
        int at = index < 0 ? matches.size() + index : index;
        return at >= 0 && at < matches.size() ? matches.get(at) : null;
    }

    /// Of several groups the first that matched something.
    static String firstNonEmpty(List<String> groups) {
        return groups.stream().filter(group -> !group.isEmpty()).findFirst().orElse("");
    }
}
