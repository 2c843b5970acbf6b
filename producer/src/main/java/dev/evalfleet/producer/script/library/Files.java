package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.PythonObject;
import dev.evalfleet.producer.script.value.ScriptException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `os.path`, `pathlib` and `open`: small text files beside the task can be read, and nothing else.
///
/// @param folder a file outside of it is refused
public record Files(Path folder) {
    private static final long LARGEST = 16L << 20;

    Map<String, Object> pathMembers() {
        return Map.of(
                "basename", text(path -> String.valueOf(path.getFileName())),
                "dirname", text(path -> String.valueOf(path.getParent())),
                "abspath", text(path -> path.toAbsolutePath().normalize().toString()),
                "join",
                        (Callable) (positional, _) -> {
                            Path path = Path.of(Python.str(positional.getFirst()));
                            for (Object part : positional.subList(1, positional.size())) {
                                path = path.resolve(Python.str(part));
                            }
                            return path.toString();
                        });
    }

    private static Callable text(java.util.function.Function<Path, String> function) {
        return (positional, _) -> function.apply(Path.of(Python.str(positional.getFirst())));
    }

    Callable pathType() {
        return (positional, _) -> new PathObject(Path.of(Python.str(positional.getFirst())));
    }

    /// The function `open`.
    public Callable open() {
        return (positional, _) -> {
            if (positional.size() > 1 && !Python.str(positional.get(1)).equals("r")) {
                throw new ScriptException("files can only be read as text");
            }
            return positional.getFirst() instanceof PathObject path
                    ? path.open()
                    : new PathObject(Path.of(Python.str(positional.getFirst()))).open();
        };
    }

    private final class PathObject implements PythonObject {
        private final Path path;

        PathObject(Path path) {
            this.path = path;
        }

        @Override
        public @Nullable Object member(String name) {
            return switch (name) {
                case "parent" -> new PathObject(path.toAbsolutePath().resolveSibling(""));
                case "name" -> String.valueOf(path.getFileName());
                case "stem" -> String.valueOf(path.getFileName()).replaceFirst("(?<=.)\\.[^.]*$", "");
                case "resolve", "absolute" ->
                    (Callable) (_, _) -> new PathObject(path.toAbsolutePath().normalize());
                case "joinpath" ->
                    (Callable) (positional, _) -> new PathObject(path.resolve(Python.str(positional.getFirst())));
                case "open" -> (Callable) (_, _) -> open();
                case "read_text" -> (Callable) (_, _) -> open().text();
                default -> Members.NONE;
            };
        }

        TextFile open() {
            try {
                Path real = path.toRealPath();
                if (!real.startsWith(folder.toRealPath()) || java.nio.file.Files.size(real) > LARGEST) {
                    throw new ScriptException("the file " + path + " is outside of the task's folder, or too large");
                }
                return new TextFile(java.nio.file.Files.readString(real));
            } catch (IOException e) {
                throw new PythonException("FileNotFoundError", "there is no readable file " + path);
            }
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    private record TextFile(String text) implements PythonObject {
        @Override
        public @Nullable Object member(String name) {
            return name.equals("read") ? (Callable) (_, _) -> text : Members.NONE;
        }
    }
}
