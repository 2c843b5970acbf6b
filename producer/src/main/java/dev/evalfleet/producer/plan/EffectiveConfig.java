package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.task.TaskReader;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Place;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Variant;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A task's keys with what the request and a variant put in their place.
final class EffectiveConfig {
    private EffectiveConfig() {}

    static Config of(Config task, EvalRequest request, @Nullable Variant variant, Problems problems) {
        var changed = new LinkedHashMap<String, @Nullable Object>();
        var places = new LinkedHashMap<String, Place>();
        if (request.getRepeats() != null) {
            changed.put("repeats", (long) request.getRepeats());
            places.put("repeats", new Place("request repeats", 0));
        }
        var generation = new LinkedHashMap<String, @Nullable Object>();
        merge(generation, request.getGeneration(), "request generation", problems);
        if (variant != null) {
            String label = "request variants." + variant.getName();
            put(changed, places, "description", variant.getDescription(), label);
            put(changed, places, "doc_to_text", variant.getDocToText(), label);
            merge(generation, variant.getGeneration(), label + ".generation", problems);
        }
        if (!generation.isEmpty() && generates(task)) {
            var all = new LinkedHashMap<String, @Nullable Object>();
            if (task.get("generation_kwargs") instanceof Map<?, ?> own) {
                own.forEach((name, value) -> all.put(String.valueOf(name), value));
            } else {
                all.putAll(TaskReader.GENERATION);
            }
            all.putAll(generation);
            changed.put("generation_kwargs", all);
            places.put("generation_kwargs", new Place("request generation", 0));
        }
        return changed.isEmpty() ? task : task.overlaidBy(new Config(changed, places));
    }

    private static boolean generates(Config task) {
        return !task.has("output_type") || "generate_until".equals(task.get("output_type"));
    }

    private static void put(
            Map<String, @Nullable Object> values,
            Map<String, Place> places,
            String key,
            @Nullable String value,
            String label) {
        if (value != null) {
            values.put(key, value);
            places.put(key, new Place(label, 0));
        }
    }

    private static void merge(
            Map<String, @Nullable Object> into, Map<String, String> arguments, String where, Problems problems) {
        arguments.forEach((name, json) -> {
            try {
                into.put(name, JsonValues.parse(json));
            } catch (IOException e) {
                problems.add(where + "." + name, "must be a JSON value (text in quotes), but is " + json);
            }
        });
    }
}
