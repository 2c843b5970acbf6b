package dev.evalfleet.producer.script.value;

import org.jspecify.annotations.Nullable;

/// A value that knows its own members.
public interface PythonObject {
    /// A function, a value, or [Members#NONE] where there is none of that name.
    @Nullable
    Object member(String name);
}
