package dev.evalfleet.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the values of one section come from, and which keys were asked for.
final class SettingsSource {
    private static final String PREFIX = "EVALFLEET";
    // What Kubernetes adds for a service named evalfleet-worker.
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_(SERVICE_(HOST|PORT)(_.*)?|PORT_\\d+_(TCP|UDP)(_.*)?)");

    private final SettingsFile file;
    private final Map<String, String> environment;
    private final String path;
    private final Map<String, Object> values;
    private final Set<String> read = new TreeSet<>();

    private SettingsSource(
            SettingsFile file, Map<String, String> environment, String path, Map<String, Object> values) {
        this.file = file;
        this.environment = environment;
        this.path = path;
        this.values = values;
    }

    static SettingsSource root(SettingsFile file, Map<String, String> environment) {
        return new SettingsSource(file, Map.copyOf(environment), "", file.values());
    }

    SettingsSource section(String name, List<String> problems) {
        return child(name, values.get(name), problems);
    }

    SettingsSource element(String key, int index, List<String> problems) {
        Object list = list(key);
        Object element = list instanceof List<?> elements && index < elements.size() ? elements.get(index) : null;
        return child(key + "[" + index + "]", element, problems);
    }

    /// How many sections a list has; those of variables (`..._MODELS_0_NAME`) count too.
    int elements(String key, List<String> problems) {
        read.add(key);
        Object list = list(key);
        if (list != null && !(list instanceof List<?>)) {
            problems.add(where(key) + " must be a list, but is \"" + list + "\"");
        }
        int count = list instanceof List<?> elements ? elements.size() : 0;
        while (isInEnvironment(variableOf(key + "[" + count + "]") + "_")) {
            count++;
        }
        return count;
    }

    boolean has(String key) {
        return environment.containsKey(variableOf(key)) || values.containsKey(key);
    }

    @Nullable
    String text(String key, List<String> problems) {
        Object value = raw(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        problems.add(where(key) + " must be a single value, but is \"" + value + "\"");
        return null;
    }

    List<String> strings(String key, List<String> problems) {
        read.add(key);
        Object value = list(key);
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list.stream().map(String::valueOf).toList();
            case Map<?, ?> map -> {
                problems.add(where(key) + " must be a list, but is \"" + map + "\"");
                yield List.of();
            }
            default ->
                Stream.of(value.toString().split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
        };
    }

    Map<String, String> map(String key, List<String> problems) {
        read.add(key);
        Map<String, String> flat = new LinkedHashMap<>();
        Object value = list(key);
        if (value instanceof Map<?, ?> map) {
            flatten("", map, flat);
        } else if (value != null) {
            problems.add(where(key) + " must be a map of names and values"); // not shown: it may hold passwords
        }
        String prefix = variableOf(key) + "_";
        environment.forEach((variable, text) -> {
            if (variable.startsWith(prefix)) {
                String name = variable.substring(prefix.length());
                flat.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), text);
            }
        });
        return flat;
    }

    Path resolve(String key, String text) {
        Path folder = file.folder();
        boolean fromFile = !environment.containsKey(variableOf(key));
        return fromFile && folder != null ? folder.resolve(text) : Path.of(text);
    }

    @Nullable
    String variable(String name) {
        return environment.get(name);
    }

    /// The key's full name, with its variable or its line when it has a value.
    String where(String key) {
        String name = full(key);
        String variable = variableOf(key);
        if (environment.containsKey(variable)) {
            return name + " (" + variable + ")";
        }
        String line = file.lines().get(name);
        return line == null ? name : name + " (" + line + ")";
    }

    /// Keys and variables of this section that nobody asked for.
    List<String> unknown(Collection<String> openedSections) {
        Set<String> known = new TreeSet<>(read);
        openedSections.stream().filter(name -> !name.endsWith("]")).forEach(known::add);
        List<String> unknown = new ArrayList<>();
        if (path.isEmpty() && read.isEmpty()) {
            return unknown; // the root itself holds nothing but sections, and others may read those
        }
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                unknown.add(where(key) + " is not a setting" + NearestName.hint(key, known));
            }
        }
        unknownVariables(known, unknown);
        return unknown;
    }

    private void unknownVariables(Set<String> known, List<String> unknown) {
        if (path.isEmpty()) {
            return;
        }
        List<String> variables = known.stream().map(this::variableOf).toList();
        String prefix = variableOf("");
        environment.forEach((variable, value) -> {
            boolean isOurs = variable.startsWith(prefix)
                    && !SERVICE_LINK.matcher(variable).matches();
            boolean isLink = value.startsWith("tcp://") || value.startsWith("udp://");
            if (isOurs && !isLink && variables.stream().noneMatch(name -> covers(name, variable))) {
                unknown.add(variable + " is not a setting" + NearestName.hint(variable, variables));
            }
        });
    }

    // A variable is known itself, or lies inside a map or list that was read.
    private static boolean covers(String known, String variable) {
        return variable.equals(known) || variable.startsWith(known + "_");
    }

    private SettingsSource child(String name, @Nullable Object value, List<String> problems) {
        Map<String, Object> inner = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> inner.put(String.valueOf(key), element));
        } else if (value != null) {
            problems.add(where(name) + " must be a section, but is \"" + value + "\"");
        }
        return new SettingsSource(file, environment, full(name), inner);
    }

    private @Nullable Object raw(String key) {
        read.add(key);
        String variable = environment.get(variableOf(key));
        return variable != null ? variable : values.get(key);
    }

    private @Nullable Object list(String key) {
        Object value = raw(key);
        boolean isVariable = environment.containsKey(variableOf(key));
        return isVariable && value instanceof String text ? SettingsFile.parse(text) : value;
    }

    private boolean isInEnvironment(String prefix) {
        return environment.keySet().stream().anyMatch(variable -> variable.startsWith(prefix));
    }

    private String full(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    // worker.models[0].path -> EVALFLEET_WORKER_MODELS_0_PATH
    private String variableOf(String key) {
        String name = full(key).replaceAll("\\[(\\d+)]", ".$1");
        return PREFIX + "_" + name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, String> flat) {
        map.forEach((key, value) -> {
            String name = prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key;
            if (value instanceof Map<?, ?> inner) {
                flatten(name, inner, flat);
            } else {
                flat.put(name, String.valueOf(value));
            }
        });
    }
}
