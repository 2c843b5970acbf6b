package dev.evalfleet.producer.python.method;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Undefined;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `value.name` and `value[key]` as jinja2 looks them up.
public final class Access {
    private Access() {}

    /// A method of the value first, then an item of that name.
    public static @Nullable Object attribute(@Nullable Object of, String name) {
        if (of instanceof Undefined undefined) {
            throw undefined.raised();
        }
        Callable method = Methods.of(of, name);
        if (method != null) {
            return method;
        }
        if (of instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        return new Undefined(Indexing.noSuchField(of, name));
    }

    /// An item first, then a method of that name.
    public static @Nullable Object item(@Nullable Object of, @Nullable Object key) {
        if (key instanceof Undefined undefined) {
            throw undefined.raised();
        }
        Object found = Indexing.item(of, key);
        if (found instanceof Undefined && key instanceof String name) {
            Callable method = Methods.of(of, name);
            return method == null ? found : method;
        }
        return found;
    }
}
