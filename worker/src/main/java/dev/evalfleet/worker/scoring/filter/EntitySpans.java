package dev.evalfleet.worker.scoring.filter;

import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.worker.scoring.python.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The harness's `format_span`: named entities under whatever heading a model chose, as `label: entity $ label:
/// entity`.
final class EntitySpans {

    private static final PythonRegex ENTITIES = PythonRegex.compile("\\b(PER|LOC|ORG|DATE):\\s*([^$]+)");
    private static final Map<PythonRegex, String> LABELS = labels(
            "person PER",
            "location LOC",
            "organization ORG",
            "counties LOC",
            "places LOC",
            "people PER",
            "persons PER",
            "company ORG",
            "country LOC",
            "continent LOC",
            "time DATE",
            "date DATE",
            "per PER",
            "loc LOC",
            "org ORG");

    private EntitySpans() {}

    static String of(String answer) {
        String text = PythonText.lower(answer);
        for (Map.Entry<PythonRegex, String> label : LABELS.entrySet()) {
            text = label.getKey().replaceAll(text, label.getValue() + ":");
        }
        text = withoutTrailingDollars(text.replace("$$", "$"));
        List<String> entities = new ArrayList<>();
        for (List<String> match : ENTITIES.findAll(PythonText.strip(text.replace("\n", "$")))) {
            for (String entity : match.get(1).split(",", -1)) {
                String stripped = PythonText.strip(entity);
                if (!PythonText.lower(stripped).equals("none")) {
                    entities.add(PythonText.lower(match.get(0)) + ": " + stripped);
                }
            }
        }
        return String.join(" $ ", entities);
    }

    private static String withoutTrailingDollars(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '$') {
            end--;
        }
        return text.substring(0, end);
    }

    // Only headings are renamed, what comes before a colon; in this order.
    private static Map<PythonRegex, String> labels(String... renamed) {
        Map<PythonRegex, String> labels = new LinkedHashMap<>();
        for (String pair : renamed) {
            int space = pair.indexOf(' ');
            labels.put(PythonRegex.compile("\\b" + pair.substring(0, space) + "\\s*:"), pair.substring(space + 1));
        }
        return labels;
    }
}
