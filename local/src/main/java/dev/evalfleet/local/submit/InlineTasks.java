package dev.evalfleet.local.submit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.producer.task.TaskLibrary.Entry;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.schemas.avro.EvalRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes the tasks of folders of this machine into a request, for a fleet that does not have them.
///
/// Data files keep their place: by URL everybody can read them, by path only a producer on this machine whose
/// `inline-data-dirs` allow it.
final class InlineTasks {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TaskLibrary library;
    private final Map<String, String> inline = new LinkedHashMap<>();

    private InlineTasks(TaskLibrary library) {
        this.library = library;
    }

    /// The request with each of its tasks that the folders have; groups and tags become their members.
    static EvalRequest into(EvalRequest request, List<Path> folders) {
        InlineTasks tasks = new InlineTasks(new TaskLibrary(folders));
        List<String> names = new ArrayList<>();
        request.getTasks().forEach(name -> tasks.add(name, names));
        Map<String, String> all = new LinkedHashMap<>(request.getInlineTasks());
        tasks.inline.forEach(all::putIfAbsent);
        return EvalRequest.newBuilder(request)
                .setTasks(names)
                .setInlineTasks(all)
                .build();
    }

    private void add(String name, List<String> names) {
        Optional<Entry> entry = library.find(name);
        if (entry.isPresent() && entry.get().kind() != TaskLibrary.Kind.TASK) {
            entry.get().members().forEach(member -> add(member, names));
            return;
        }
        if (!names.contains(name)) {
            names.add(name);
        }
        entry.ifPresent(task -> inline.put(name, text(task, library.task(name).orElseThrow())));
    }

    private static String text(Entry task, Config config) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(config.values());
        if (values.get("dataset_kwargs") instanceof Map<?, ?> arguments && arguments.containsKey("data_files")) {
            Map<String, @Nullable Object> placed = new LinkedHashMap<>();
            arguments.forEach((key, value) -> placed.put(String.valueOf(key), value));
            placed.put(
                    "data_files",
                    placed(placed.get("data_files"), Path.of(file(config, task)).getParent()));
            values.put("dataset_kwargs", placed);
        }
        requirePlain(task.name(), values);
        try {
            return JSON.writeValueAsString(values); // JSON is YAML
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String file(Config config, Entry task) {
        String file = config.place("dataset_kwargs").file();
        return file.isEmpty() ? task.place() : file;
    }

    private static @Nullable Object placed(@Nullable Object files, @Nullable Path folder) {
        return switch (files) {
            case Map<?, ?> splits -> {
                Map<String, @Nullable Object> placed = new LinkedHashMap<>();
                splits.forEach((split, file) -> placed.put(String.valueOf(split), placed(file, folder)));
                yield placed;
            }
            case List<?> list -> list.stream().map(file -> placed(file, folder)).toList();
            case String file
            when folder != null && !file.contains("://") && !file.startsWith("$") ->
                folder.resolve(file).toString();
            case null, default -> files;
        };
    }

    private static void requirePlain(String task, @Nullable Object value) {
        switch (value) {
            case Map<?, ?> map -> map.values().forEach(item -> requirePlain(task, item));
            case List<?> list -> list.forEach(item -> requirePlain(task, item));
            case String _, Number _, Boolean _ -> {}
            case null -> {}
            default ->
                throw CommandException.usage(
                        "The task " + task + " uses Python (" + value + "), which cannot be sent with a request.");
        }
    }
}
