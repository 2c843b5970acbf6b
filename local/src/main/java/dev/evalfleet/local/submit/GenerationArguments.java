package dev.evalfleet.local.submit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.CommandException;
import java.util.LinkedHashMap;
import java.util.Map;

/// `--gen-kwargs` as lm-eval writes them: JSON, or `key=value` pairs with commas between them.
final class GenerationArguments {

    private static final ObjectMapper JSON = new ObjectMapper();

    private GenerationArguments() {}

    /// Each value as JSON; what is not JSON is a string, and Python's constants are taken as such.
    static Map<String, String> parse(String text) {
        Map<String, String> arguments = new LinkedHashMap<>();
        if (text.strip().startsWith("{")) {
            try {
                JSON.readTree(text)
                        .properties()
                        .forEach(argument -> arguments.put(
                                argument.getKey(), argument.getValue().toString()));
                return arguments;
            } catch (JsonProcessingException broken) {
                throw CommandException.usage("--gen-kwargs is not valid JSON: " + broken.getOriginalMessage());
            }
        }
        for (String argument : text.split(",", -1)) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw CommandException.usage(
                        "--gen-kwargs must be JSON or key=value pairs with commas between them, but \"" + argument
                                + "\" has no key");
            }
            arguments.put(
                    argument.substring(0, equals).strip(),
                    asJson(argument.substring(equals + 1).strip()));
        }
        return arguments;
    }

    private static String asJson(String value) {
        return switch (value) {
            case "True" -> "true";
            case "False" -> "false";
            case "None" -> "null";
            default -> jsonOrText(value);
        };
    }

    private static String jsonOrText(String value) {
        try {
            return JSON.readTree(value).isMissingNode()
                    ? "\"\""
                    : JSON.readTree(value).toString();
        } catch (JsonProcessingException text) {
            return JSON.getNodeFactory().textNode(value).toString();
        }
    }
}
