package dev.evalfleet.producer.script;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.run.Module;
import dev.evalfleet.producer.script.run.Modules;
import dev.evalfleet.producer.script.value.Rows;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.yaml.PythonFunction;
import dev.evalfleet.runtime.python.RegexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A function that a task names with `!function`, ready to be called. Used by one thread at a time.
public final class ScriptFunction {
    private final PythonFunction reference;
    private final Path file;
    private final Callable function;

    private ScriptFunction(PythonFunction reference, Path file, Callable function) {
        this.reference = reference;
        this.file = file;
        this.function = function;
    }

    /// Finds the function and goes through what it does.
    ///
    /// @throws ScriptException naming function and file, where it is not there or not understood
    public static ScriptFunction of(PythonFunction reference) {
        Path file = file(reference);
        String name = reference.name().substring(reference.name().lastIndexOf('.') + 1);
        try {
            Module module = new Modules().load(file);
            if (!(module.global(name) instanceof Callable function)) {
                throw new ScriptException(name + " is no function");
            }
            new FunctionCheck().check(function);
            return new ScriptFunction(reference, file, function);
        } catch (ScriptException | PythonException e) {
            throw new ScriptException("needs the Python function " + reference.name() + " of " + file
                    + ", which cannot be run here: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new ScriptException(reference.name() + " of " + file + " nests too deeply");
        }
    }

    /// What a name stands for, not gone through.
    static @Nullable Object find(PythonFunction reference) {
        Path file = file(reference);
        try {
            return new Modules()
                    .load(file)
                    .global(reference.name().substring(reference.name().lastIndexOf('.') + 1));
        } catch (ScriptException | PythonException e) {
            throw new ScriptException(
                    "needs the Python function " + reference.name() + " of " + file + ": " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new ScriptException(reference.name() + " of " + file + " nests too deeply");
        }
    }

    // Beside the YAML that names it, as lm-eval looks for it; a whole name stands for a file of the task folder.
    private static Path file(PythonFunction reference) {
        int dot = reference.name().lastIndexOf('.');
        if (dot < 0 || reference.yaml().isEmpty()) {
            throw new ScriptException("needs the Python function " + reference.name()
                    + (dot < 0 ? ", which names no file" : "; YAML written into a request can name none"));
        }
        String module = reference.name().substring(0, dot);
        Path yaml = Path.of(reference.yaml()).toAbsolutePath().normalize();
        Path file = yaml.resolveSibling(module.replace('.', '/') + ".py").normalize();
        if (!Files.isRegularFile(file) && module.startsWith("lm_eval.tasks.")) {
            Path found = Modules.upwards(module.substring("lm_eval.tasks.".length()), yaml);
            file = found == null ? file : found;
        }
        if (!Files.isRegularFile(file)) {
            throw new ScriptException(
                    "needs the Python function " + reference.name() + ", and there is no file " + file);
        }
        return file;
    }

    /// The same function with its file read and run anew, so that what it draws at random starts from its seed.
    public ScriptFunction fresh() {
        return of(reference);
    }

    /// Differs where the function does: its file and what is in it.
    public String identity() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return reference.name() + "|" + file + "|" + HexFormat.of().formatHex(digest);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new ScriptException("there is no readable file " + file);
        }
    }

    @Override
    public String toString() {
        return reference.name() + " of " + file;
    }

    /// What it makes of one document.
    ///
    /// @throws ScriptException with what Python would have raised
    public @Nullable Object call(Map<String, @Nullable Object> document) {
        return guarded(() -> function.call(Collections.singletonList(document), Map.of()));
    }

    /// The list of documents a function without arguments gives.
    public Iterator<Map<String, @Nullable Object>> documents() {
        return guarded(() -> Rows.of(function.call(List.of(), Map.of())));
    }

    /// What it makes of a split; documents are read and made while they go by.
    public Iterator<Map<String, @Nullable Object>> documents(
            Supplier<Iterator<Map<String, @Nullable Object>>> documents) {
        Iterator<Map<String, @Nullable Object>> made =
                guarded(() -> Rows.of(function.call(List.of(new Rows(documents)), Map.of())));
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return guarded(made::hasNext);
            }

            @Override
            public Map<String, @Nullable Object> next() {
                return guarded(made::next);
            }
        };
    }

    private <T extends @Nullable Object> T guarded(Supplier<T> action) {
        try {
            return action.get();
        } catch (PythonException | ScriptException | RegexException | ClassCastException | NullPointerException e) {
            throw new ScriptException(reference.name() + " of " + file + ": " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new ScriptException(reference.name() + " of " + file + " nests too deeply");
        }
    }
}
