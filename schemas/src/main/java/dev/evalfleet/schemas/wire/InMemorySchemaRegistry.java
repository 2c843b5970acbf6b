package dev.evalfleet.schemas.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/// A registry inside this process: for tests, and behind the embedded HTTP one. Ids count from 1, one for each text
/// of a schema. Unless told otherwise, a new version must be able to read the one before it, as in Confluent's
/// registry.
public final class InMemorySchemaRegistry implements SchemaRegistry {
    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, List<Integer>> versions = new TreeMap<>();
    private final Map<String, Compatibility> levels = new HashMap<>();
    private Compatibility defaultLevel = Compatibility.BACKWARD;

    @Override
    public synchronized int register(String subject, Schema schema) {
        OptionalInt known = lookup(subject, schema);
        if (known.isPresent()) {
            return known.getAsInt();
        }
        List<String> problems = problems(subject, schema);
        if (!problems.isEmpty()) {
            throw new IncompatibleSchemaException("Schema being registered for subject '%s' is not compatible (%s): %s"
                    .formatted(subject, level(subject), String.join("; ", problems)));
        }
        return append(subject, schema);
    }

    /// Adds a version without asking whether it is compatible: to rebuild what was registered before.
    public synchronized int append(String subject, Schema schema) {
        int id = ids.computeIfAbsent(schema.toString(), _ -> schemas.size() + 1);
        if (id > schemas.size()) {
            schemas.add(schema);
        }
        versions.computeIfAbsent(subject, _ -> new ArrayList<>()).add(id);
        return id;
    }

    @Override
    public synchronized Schema byId(int id) {
        if (id < 1 || id > schemas.size()) {
            throw new UnknownSchemaException("Schema " + id + " not found");
        }
        return schemas.get(id - 1);
    }

    @Override
    public synchronized OptionalInt lookup(String subject, Schema schema) {
        Integer id = ids.get(schema.toString());
        return id != null && versions.getOrDefault(subject, List.of()).contains(id)
                ? OptionalInt.of(id)
                : OptionalInt.empty();
    }

    @Override
    public synchronized boolean compatible(String subject, Schema schema) {
        return problems(subject, schema).isEmpty();
    }

    /// Why a schema may not become the next version of the subject; empty when it may.
    public synchronized List<String> problems(String subject, Schema schema) {
        List<Schema> known = versions.getOrDefault(subject, List.of()).stream()
                .map(this::byId)
                .toList();
        return level(subject).problems(schema, known);
    }

    @Override
    public synchronized List<String> subjects() {
        return List.copyOf(versions.keySet());
    }

    @Override
    public synchronized List<Integer> versions(String subject) {
        return IntStream.rangeClosed(1, idsOf(subject).size()).boxed().toList();
    }

    /// The id of a version of a subject.
    public synchronized int idOf(String subject, int version) {
        List<Integer> known = idsOf(subject);
        if (version < 1 || version > known.size()) {
            throw new UnknownSchemaException("Version " + version + " of subject '" + subject + "' not found");
        }
        return known.get(version - 1);
    }

    public synchronized Compatibility level() {
        return defaultLevel;
    }

    /// The rule of a subject: its own, or the default.
    public synchronized Compatibility level(String subject) {
        return levels.getOrDefault(subject, defaultLevel);
    }

    public synchronized void setLevel(Compatibility level) {
        defaultLevel = level;
    }

    public synchronized void setLevel(String subject, Compatibility level) {
        levels.put(subject, level);
    }

    @Override
    public void close() {}

    private List<Integer> idsOf(String subject) {
        List<Integer> known = versions.get(subject);
        if (known == null) {
            throw new UnknownSchemaException("Subject '" + subject + "' not found");
        }
        return known;
    }
}
