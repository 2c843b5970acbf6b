package dev.evalfleet.producer.python.method;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something a template can call: a bound method or a global function.
@FunctionalInterface
public interface Callable {
    @Nullable
    Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> named);
}
