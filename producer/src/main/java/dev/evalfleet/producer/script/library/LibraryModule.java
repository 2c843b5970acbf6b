package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.PythonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A module of Python's library, as far as it is known here.
public record LibraryModule(String name, Map<String, ? extends @Nullable Object> members) implements PythonObject {
    @Override
    public @Nullable Object member(String member) {
        return members.containsKey(member) ? members.get(member) : Members.NONE;
    }
}
