package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.method.Callable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A built-in class of exceptions.
public record ExceptionType(String name) implements Callable {
    public static final Set<String> NAMES = Set.of(
            "Exception",
            "BaseException",
            "ValueError",
            "TypeError",
            "KeyError",
            "IndexError",
            "LookupError",
            "AttributeError",
            "AssertionError",
            "SyntaxError",
            "NotImplementedError",
            "RuntimeError",
            "ZeroDivisionError",
            "StopIteration",
            "OSError",
            "FileNotFoundError",
            "UnicodeDecodeError",
            "ImportError",
            "ModuleNotFoundError");

    /// An exception that was made or caught.
    public record Raised(String type, String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    public boolean catches(String raised) {
        return switch (name) {
            case "Exception", "BaseException" -> true;
            case "LookupError" -> raised.equals("KeyError") || raised.equals("IndexError");
            default -> name.equals(raised);
        };
    }

    @Override
    public Object call(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        return new Raised(name, positional.stream().map(Python::str).collect(Collectors.joining(", ")));
    }
}
