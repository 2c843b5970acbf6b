package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.script.value.ScriptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The Python files in use, each read and run once.
public final class Modules {
    private static final String TASKS = "lm_eval.tasks.";

    private final Map<Path, Module> loaded = new HashMap<>();

    /// @throws ScriptException where the file is not there or cannot be read
    public Module load(Path file) {
        Module known = loaded.get(file);
        if (known != null) {
            return known;
        }
        var module = new Module(file, this);
        loaded.put(file, module); // before it runs, for files that import each other
        module.run(Sources.of(file));
        return module;
    }

    /// A file of the task folder that another one imports; null where there is none.
    @Nullable
    Module imported(String module, Path from) {
        Path file = null;
        if (module.startsWith(TASKS)) {
            file = upwards(module.substring(TASKS.length()), from);
        } else if (module.startsWith(".")) {
            int dots = module.length() - module.replaceFirst("^\\.+", "").length();
            Path folder = from.resolveSibling("");
            for (int i = 1; i < dots && folder != null; i++) {
                folder = folder.getParent();
            }
            file = folder == null ? null : existing(folder, module.substring(dots));
        }
        return file == null ? null : load(file);
    }

    /// A name behind `lm_eval.tasks.`, in the folder of the file or one around it.
    public static @Nullable Path upwards(String module, Path from) {
        for (Path folder = from.getParent(); folder != null; folder = folder.getParent()) {
            Path file = existing(folder, module);
            if (file != null) {
                return file;
            }
        }
        return null;
    }

    private static @Nullable Path existing(Path folder, String module) {
        Path file = folder.resolve(module.replace('.', '/') + ".py").normalize();
        return Files.isRegularFile(file) ? file : null;
    }
}
