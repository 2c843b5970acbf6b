package dev.evalfleet.producer.python.method;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Undefined;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The arguments of one call, read by position or name.
public record Arguments(String function, List<@Nullable Object> positional, Map<String, @Nullable Object> named) {

    public int count() {
        return positional.size() + named.size();
    }

    public boolean has(int index, String name) {
        return index < positional.size() || named.containsKey(name);
    }

    public @Nullable Object at(int index, String name) {
        if (index < positional.size()) {
            return checked(positional.get(index));
        }
        if (named.containsKey(name)) {
            return checked(named.get(name));
        }
        throw PythonException.type(function + "() missing argument '" + name + "'");
    }

    public @Nullable Object at(int index, String name, @Nullable Object fallback) {
        return has(index, name) ? at(index, name) : fallback;
    }

    public String text(int index, String name) {
        Object value = at(index, name);
        if (value instanceof String text) {
            return text;
        }
        throw PythonException.type(function + "() argument '" + name + "' must be str, not " + Python.typeName(value));
    }

    public @Nullable String optionalText(int index, String name) {
        return at(index, name, null) == null ? null : text(index, name);
    }

    public long whole(int index, String name, long fallback) {
        return has(index, name) ? Indexing.whole(at(index, name)) : fallback;
    }

    public boolean flag(int index, String name, boolean fallback) {
        return has(index, name) ? Python.truth(at(index, name)) : fallback;
    }

    private static @Nullable Object checked(@Nullable Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.raised();
        }
        return value;
    }
}
