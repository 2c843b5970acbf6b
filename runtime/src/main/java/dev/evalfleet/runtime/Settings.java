package dev.evalfleet.runtime;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Typed reads of one section of the configuration. Values come from a YAML file and from `EVALFLEET_*` variables,
/// which win: `worker.drain-timeout` is `EVALFLEET_WORKER_DRAIN_TIMEOUT`.
///
/// Reading never throws: what is missing or wrong is remembered, and [#build] reports everything at once, keys nobody
/// read included. Keys of sections that nobody opened are left alone.
public final class Settings {
    /// The sections a configuration file may have.
    public static final List<String> SECTIONS =
            List.of("kafka", "registry", "topics", "http", "producer", "worker", "aggregator", "dashboard");

    private final SettingsSource source;
    private final Map<String, Settings> sections = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private Settings(SettingsSource source) {
        this.source = source;
    }

    /// @param file YAML; null when variables are all there is
    /// @throws InvalidConfigException when the file cannot be read or has other sections than [#SECTIONS]
    public static Settings load(@Nullable Path file, Map<String, String> environment) {
        SettingsFile read = file == null ? SettingsFile.empty() : SettingsFile.read(file);
        read.refuseSectionsOtherThan(SECTIONS);
        return new Settings(SettingsSource.root(read, environment));
    }

    /// Settings from values in hand, for tests and for processes wired by other processes.
    public static Settings of(Map<String, ?> tree) {
        return of(tree, Map.of());
    }

    public static Settings of(Map<String, ?> tree, Map<String, String> environment) {
        return new Settings(SettingsSource.root(SettingsFile.of(tree), environment));
    }

    /// The same section each time it is asked for; empty when it is not there.
    public Settings section(String name) {
        return sections.computeIfAbsent(name, _ -> new Settings(source.section(name, problems)));
    }

    /// The elements of a list of sections.
    public List<Settings> sections(String key) {
        int count = source.elements(key, problems);
        return IntStream.range(0, count)
                .mapToObj(i -> sections.computeIfAbsent(
                        key + "[" + i + "]", _ -> new Settings(source.element(key, i, problems))))
                .toList();
    }

    public boolean has(String key) {
        return source.has(key);
    }

    public String string(String key) {
        return required(key, "text", text -> text, "");
    }

    public String string(String key, String fallback) {
        return read(key, "text", text -> text, fallback);
    }

    public @Nullable String optional(String key) {
        return source.text(key, problems);
    }

    public int integer(String key) {
        return required(key, "a whole number", Integer::parseInt, 0);
    }

    public int integer(String key, int fallback) {
        return read(key, "a whole number", Integer::parseInt, fallback);
    }

    public long whole(String key, long fallback) {
        return read(key, "a whole number", Long::parseLong, fallback);
    }

    public double number(String key, double fallback) {
        return read(key, "a number", Settings::finite, fallback);
    }

    public @Nullable Double optionalNumber(String key) {
        return has(key) ? required(key, "a number", Settings::finite, 0.0) : absent(key);
    }

    public boolean flag(String key, boolean fallback) {
        return read(key, "true or false", Settings::trueOrFalse, fallback);
    }

    /// ISO-8601 (`PT30S`) or a number with `ms`, `s`, `m`, `h` or `d`.
    public Duration duration(String key, Duration fallback) {
        return read(key, "a duration such as 30s, 500ms, 5m or PT30S", DurationText::parse, fallback);
    }

    public URI uri(String key) {
        return required(key, "a URI", URI::create, URI.create(""));
    }

    public URI uri(String key, URI fallback) {
        return read(key, "a URI", URI::create, fallback);
    }

    /// A relative path of a file is meant from that file's folder; a variable's from the working directory.
    public Path path(String key) {
        return required(key, "a path", text -> source.resolve(key, text), Path.of(""));
    }

    public Path path(String key, Path fallback) {
        return read(key, "a path", text -> source.resolve(key, text), fallback);
    }

    /// A list, or one text with commas; empty when it is not there.
    public List<String> strings(String key) {
        return source.strings(key, problems);
    }

    /// Names and values as they are; nested names are joined with dots. In variables `_` stands for the dot.
    public Map<String, String> map(String key) {
        return source.map(key, problems);
    }

    /// A secret under `key`, in the file that `key-file` names, or in the variable that `key-env` names.
    public @Nullable Secret secret(String key) {
        return new SecretReader(source, problems).read(key);
    }

    /// Ends the reading of this section.
    ///
    /// @param rule makes the value out of what was read; its IllegalArgumentException is a configuration problem
    /// @throws InvalidConfigException naming every problem of this section and of the sections read through it
    public <T> T build(Supplier<T> rule) {
        List<String> all = new ArrayList<>();
        collect(all);
        if (!all.isEmpty()) {
            throw new InvalidConfigException(all);
        }
        try {
            return rule.get();
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(List.of(String.valueOf(e.getMessage())), e);
        }
    }

    /// The full name of a key with where its value was found, for messages of rules that need it.
    public String where(String key) {
        return source.where(key);
    }

    private void collect(List<String> all) {
        all.addAll(problems);
        all.addAll(source.unknown(sections.keySet()));
        sections.values().forEach(section -> section.collect(all));
    }

    private <T> T required(String key, String kind, Function<String, T> parse, T ifMissing) {
        if (!has(key)) {
            absent(key);
            problems.add(source.where(key) + " is required (" + kind + ")");
            return ifMissing;
        }
        return read(key, kind, parse, ifMissing);
    }

    private <T> T read(String key, String kind, Function<String, T> parse, T fallback) {
        String text = source.text(key, problems);
        if (text == null) {
            return fallback;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            problem(key, "must be " + kind + ", but is \"" + text + "\"");
            return fallback;
        }
    }

    // Remembers that the key is one somebody reads.
    private @Nullable Double absent(String key) {
        source.text(key, problems);
        return null;
    }

    private void problem(String key, String what) {
        problems.add(source.where(key) + " " + what);
    }

    private static double finite(String text) {
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    private static boolean trueOrFalse(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
