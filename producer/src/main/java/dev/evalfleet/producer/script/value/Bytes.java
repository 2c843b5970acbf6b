package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.method.Callable;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Python's `bytes`, as `str.encode` makes them.
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Bytes(byte[] bytes) implements PythonObject {
    @Override
    public @Nullable Object member(String name) {
        return name.equals("decode") ? (Callable) (_, _) -> new String(bytes, StandardCharsets.UTF_8) : Members.NONE;
    }
}
