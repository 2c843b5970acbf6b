package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.schemas.avro.GenerationParams;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// lm-eval's generation_kwargs as [GenerationParams].
public final class Generation {
    /// lm-eval's own limit where a task sets none.
    private static final int DEFAULT_TOKENS = 256;

    private Generation() {}

    /// @throws IllegalArgumentException naming the argument that has a wrong value
    public static GenerationParams of(Map<String, @Nullable Object> arguments) {
        var rest = new LinkedHashMap<>(arguments);
        List<String> until = until(rest.remove("until"));
        Double temperature = number("temperature", rest.remove("temperature"));
        Double topP = number("top_p", rest.remove("top_p"));
        Object doSample = rest.remove("do_sample");
        Number most = firstOf(rest, "max_gen_toks", "max_new_tokens", "max_tokens");
        Number seed = firstOf(rest, "seed");
        var extra = new HashMap<String, String>();
        rest.forEach((name, value) -> extra.put(name, JsonValues.text(value)));
        return GenerationParams.newBuilder()
                .setUntil(until)
                .setMaxTokens(most == null ? DEFAULT_TOKENS : Math.max(1, most.intValue()))
                .setTemperature(temperature)
                .setTopP(topP)
                .setDoSample(doSample == null ? temperature != null && temperature > 0 : Python.truth(doSample))
                .setSeed(seed == null ? null : seed.longValue())
                .setExtra(extra)
                .build();
    }

    private static List<String> until(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list ->
                list.stream()
                        .filter(Objects::nonNull)
                        .map(Python::str)
                        .filter(stop -> !stop.isEmpty())
                        .toList();
            default -> List.of(Python.str(value));
        };
    }

    private static @Nullable Double number(String name, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Number number -> number.doubleValue();
            default -> throw new IllegalArgumentException(name + " must be a number, but is " + Python.repr(value));
        };
    }

    private static @Nullable Number firstOf(Map<String, @Nullable Object> arguments, String... names) {
        Number found = null;
        for (String name : names) {
            Object value = arguments.remove(name);
            if (value instanceof Number number) {
                found = found == null ? number : found;
            } else if (value != null) {
                throw new IllegalArgumentException(name + " must be a number, but is " + Python.repr(value));
            }
        }
        return found;
    }
}
