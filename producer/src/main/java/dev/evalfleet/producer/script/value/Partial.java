package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.method.Callable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `functools.partial`
public record Partial(Callable function, List<@Nullable Object> first, Map<String, @Nullable Object> given)
        implements Callable {
    @Override
    public @Nullable Object call(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        var all = new ArrayList<>(first);
        all.addAll(positional);
        var every = new LinkedHashMap<>(given);
        every.putAll(named);
        return function.call(all, every);
    }
}
