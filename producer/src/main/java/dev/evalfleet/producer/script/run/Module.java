package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.script.library.Builtins;
import dev.evalfleet.producer.script.library.Files;
import dev.evalfleet.producer.script.library.Library;
import dev.evalfleet.producer.script.library.LibraryModule;
import dev.evalfleet.producer.script.syntax.Statement;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.PythonObject;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.script.walk.Names;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Python file that was run. What in it could not be run is remembered by the names it would have given.
public final class Module implements PythonObject {
    private final Path file;
    private final Modules modules;
    private final Library library;
    private final Map<String, @Nullable Object> globals = new HashMap<>();
    private final Map<String, String> broken = new HashMap<>();

    Module(Path file, Modules modules) {
        this.file = file;
        this.modules = modules;
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path around = folder == null || folder.getParent() == null ? Path.of("/nowhere") : folder.getParent();
        var files = new Files(around);
        this.library = new Library(files);
        globals.put("__file__", file.toString());
        globals.put("open", files.open());
    }

    void run(List<Statement> statements) {
        var scope = new Scope(this);
        for (Statement statement : statements) {
            try {
                Interpreter.run(statement, scope);
            } catch (PythonException | ScriptException e) {
                Names.assigned(statement).forEach(name -> breakName(name, String.valueOf(e.getMessage())));
            }
        }
    }

    Path file() {
        return file;
    }

    Map<String, @Nullable Object> globals() {
        return globals;
    }

    void breakName(String name, String reason) {
        globals.remove(name);
        broken.put(name, reason);
    }

    /// A name of this file, or a built-in one.
    ///
    /// @throws ScriptException where there is none, with the reason where the file has it but it is not understood
    public @Nullable Object global(String name) {
        if (globals.containsKey(name)) {
            return globals.get(name);
        }
        String reason = broken.get(name);
        if (reason != null) {
            throw new ScriptException(name + " of " + file + ": " + reason);
        }
        Object builtin = Builtins.named(name);
        if (builtin == null) {
            throw new ScriptException("there is no " + name + " in " + file);
        }
        return builtin;
    }

    boolean has(String name) {
        return globals.containsKey(name) || broken.containsKey(name);
    }

    @Override
    public @Nullable Object member(String name) {
        return has(name) ? global(name) : Members.NONE;
    }

    public void importAs(String module, String name, Scope scope) {
        Object found = find(module);
        boolean dotted = name.contains(".");
        if (dotted && found instanceof LibraryModule) {
            found = find(name.substring(0, name.indexOf('.')));
        }
        String bound = dotted ? name.substring(0, name.indexOf('.')) : name;
        if (found == null) {
            refuse(bound, module, scope);
        } else {
            scope.set(bound, found);
        }
    }

    public void importFrom(String module, String member, String name, Scope scope) {
        PythonObject found = find(module);
        Object value = found == null ? Members.NONE : found.member(member);
        if (value == Members.NONE) {
            PythonObject part = find(module + "." + member);
            value = part == null ? value : part;
        }
        if (value == Members.NONE) {
            refuse(name, module + "." + member, scope);
        } else {
            scope.set(name, value);
        }
    }

    private void refuse(String name, String module, Scope scope) {
        String reason = "the module " + module + " is not there";
        if (scope.names != globals) {
            throw new ScriptException(reason);
        }
        breakName(name, reason);
    }

    private @Nullable PythonObject find(String module) {
        LibraryModule known = library.module(module);
        return known != null ? known : modules.imported(module, file);
    }
}
