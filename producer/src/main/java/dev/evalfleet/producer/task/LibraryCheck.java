package dev.evalfleet.producer.task;

import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.PythonFunction;
import dev.evalfleet.schemas.avro.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which tasks of some folders can run here, and why the others cannot. Nothing but the folders is read: whether the
/// data can be had is seen when a task is planned.
public final class LibraryCheck {
    private static final Pattern DETAIL = Pattern.compile("\"[^\"]*\"");

    private LibraryCheck() {}

    /// What was found of one task.
    ///
    /// @param pure the task needs no Python code at all
    /// @param problems empty for a task that can run
    public record Verdict(String task, boolean pure, List<Problem> problems) {
        public boolean runnable() {
            return problems.isEmpty();
        }

        /// The first reason why it cannot run, with its place; empty where it can.
        public String reason() {
            return problems.isEmpty()
                    ? ""
                    : problems.getFirst().getWhere() + ": "
                            + problems.getFirst().getMessage();
        }

        /// The reason without what is this task's alone, so that tasks of one cause can be counted together.
        public String cause() {
            if (problems.isEmpty()) {
                return "";
            }
            String where = problems.getFirst().getWhere();
            String key = where.substring(where.lastIndexOf(' ') + 1).replaceAll("\\[\\d+]", "");
            String message = problems.getFirst().getMessage();
            int list = message.indexOf("; ");
            String told = DETAIL.matcher(list < 0 ? message : message.substring(0, list))
                    .replaceAll("\"...\"");
            return (key.contains("/") ? "" : key + " ") + told.replaceAll("(/[^ ,;]+)+/", "");
        }
    }

    /// @param broken files that cannot be read, with line
    /// @param duplicates names that are defined twice
    public record Report(List<Verdict> tasks, List<Problem> broken, List<Problem> duplicates) {
        public long runnable() {
            return tasks.stream().filter(Verdict::runnable).count();
        }

        public long pure() {
            return tasks.stream().filter(Verdict::pure).count();
        }

        public long pureRunnable() {
            return tasks.stream()
                    .filter(verdict -> verdict.pure() && verdict.runnable())
                    .count();
        }
    }

    public static Report of(TaskLibrary library) {
        TaskIndex index = library.index();
        var verdicts = new ArrayList<Verdict>();
        index.tasks.forEach((name, config) -> verdicts.add(verdict(name, config)));
        return new Report(verdicts, List.copyOf(index.broken.values()), List.copyOf(index.duplicates));
    }

    private static Verdict verdict(String name, Config config) {
        Path folder = Path.of(config.place("").file()).toAbsolutePath().getParent();
        List<Problem> problems =
                switch (TaskReader.read(config, folder)) {
                    case TaskReader.Outcome.Read _ -> List.of();
                    case TaskReader.Outcome.Refused(var found) -> found;
                };
        return new Verdict(name, isPure(config, folder), problems);
    }

    // As counted by the survey of lm-eval's folder: no function, no class, no code that makes the data or the prompt.
    private static boolean isPure(Config config, @Nullable Path folder) {
        return !usesFunction(config.values())
                && !config.has("class")
                && !config.has("custom_dataset")
                && !config.has("use_prompt")
                && !(config.get("dataset_path") instanceof String path && isScript(path, folder));
    }

    private static boolean isScript(String path, @Nullable Path folder) {
        return path.endsWith(".py") || (folder != null && Files.isRegularFile(folder.resolve(path + ".py")));
    }

    private static boolean usesFunction(@Nullable Object value) {
        return switch (value) {
            case PythonFunction _ -> true;
            case Map<?, ?> map -> map.values().stream().anyMatch(LibraryCheck::usesFunction);
            case Collection<?> items -> items.stream().anyMatch(LibraryCheck::usesFunction);
            case null, default -> false;
        };
    }
}
