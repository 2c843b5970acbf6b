package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.PythonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A built-in type: called it makes a value, `isinstance` asks it, and its methods take the value first.
record TypeObject(String name, Callable make, Predicate<@Nullable Object> has) implements Callable, PythonObject {
    @Override
    public @Nullable Object call(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        return make.call(positional, named);
    }

    @Override
    public @Nullable Object member(String method) {
        return method.equals("__name__")
                ? name
                : (Callable) (positional, named) -> ((Callable)
                                Objects.requireNonNull(Members.get(positional.getFirst(), method)))
                        .call(positional.subList(1, positional.size()), named);
    }
}
