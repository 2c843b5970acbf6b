package dev.evalfleet.producer.task;

import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.YamlException;
import dev.evalfleet.producer.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Follows `include`: the included keys come first and the file's own replace them; of several includes the last wins,
/// as in lm-eval.
final class Includes {
    private static final int DEEPEST = 20;

    private final Map<Path, Config> read = new HashMap<>();

    Config resolved(Config config, Path folder) {
        return resolved(config, folder, 0);
    }

    private Config resolved(Config config, Path folder, int depth) {
        if (!config.has("include")) {
            return config;
        }
        if (depth > DEEPEST) {
            throw new YamlException(
                    config.place("include"), "include", "more than " + DEEPEST + " deep; is it a circle?");
        }
        Config merged = new Config(new LinkedHashMap<>(), new LinkedHashMap<>());
        for (String name : TaskIndex.names(config.get("include"))) {
            Path file = file(name, folder, config);
            Config included = read.get(file);
            if (included == null) {
                included = resolved(YamlReader.read(file), folderOf(file), depth + 1);
                read.put(file, included);
            }
            merged = merged.overlaidBy(included);
        }
        return merged.overlaidBy(config.without("include"));
    }

    static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? Path.of("/") : folder;
    }

    private static Path file(String name, Path folder, Config config) {
        Path file = folder.resolve(name).normalize();
        if (!Files.isRegularFile(file)) {
            throw new YamlException(config.place("include"), "include", "there is no file " + file);
        }
        return file;
    }

    /// The same for YAML written into a request, which may include only files inside the task folders.
    Config resolvedInside(Config config, List<Path> folders) {
        if (!config.has("include")) {
            return config;
        }
        for (String name : TaskIndex.names(config.get("include"))) {
            if (folders.stream().noneMatch(folder -> isInside(folder.resolve(name), folder))) {
                throw new YamlException(
                        config.place("include"), "include", "there is no file " + name + " in the task folders");
            }
        }
        for (Path folder : folders) {
            if (TaskIndex.names(config.get("include")).stream()
                    .allMatch(name -> isInside(folder.resolve(name), folder))) {
                return resolved(config, folder.toAbsolutePath(), 0);
            }
        }
        throw new YamlException(config.place("include"), "include", "all included files must be in one task folder");
    }

    private static boolean isInside(Path file, Path folder) {
        try {
            return Files.isRegularFile(file) && file.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }
}
