package dev.evalfleet.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// An example of `docs/pipelines`, and the calls of the `evalfleet` command in it.
record PipelineExample(String text) {
    static final Path FOLDER =
            Chart.FOLDER.resolve("../../docs/pipelines").toAbsolutePath().normalize();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OF_A_SHELL = Pattern.compile("\"\\$EVALFLEET_IMAGE\" ([^|\n]+)");

    static PipelineExample read(String file) throws IOException {
        return new PipelineExample(Files.readString(FOLDER.resolve(file)));
    }

    List<JsonNode> manifests() {
        List<JsonNode> manifests = new ArrayList<>();
        Load load = new Load(LoadSettings.builder().build()); // Jackson's reader knows no aliases
        load.loadAllFromString(text).forEach(document -> manifests.add(JSON.valueToTree(document)));
        return manifests;
    }

    /// The arguments of its containers, or of its shell lines, in the order they stand there.
    ///
    /// @param values what stands for another value when it runs here
    List<List<String>> calls(Map<String, String> values) {
        List<List<String>> calls = new ArrayList<>();
        manifests().forEach(manifest -> ofContainers(manifest, calls));
        Matcher shell = OF_A_SHELL.matcher(text.replaceAll("\\\\\n\\s*", ""));
        while (shell.find()) {
            calls.add(List.of(shell.group(1).replace("\"", "").trim().split("\\s+")));
        }
        return calls.stream()
                .map(call -> call.stream()
                        .map(argument -> replaced(argument, values))
                        .toList())
                .toList();
    }

    private static void ofContainers(JsonNode node, List<List<String>> calls) {
        JsonNode args = node.path("args");
        if (List.of("submit", "gate").contains(args.path(0).asText())) {
            List<String> call = new ArrayList<>();
            args.forEach(argument -> call.add(argument.asText()));
            calls.add(call);
        }
        node.forEach(child -> ofContainers(child, calls));
    }

    private static String replaced(String argument, Map<String, String> values) {
        String result = argument;
        for (Map.Entry<String, String> value : values.entrySet()) {
            result = result.replace(value.getKey(), value.getValue());
        }
        return result;
    }
}
