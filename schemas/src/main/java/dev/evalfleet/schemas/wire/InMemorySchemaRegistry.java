package dev.evalfleet.schemas.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.jspecify.annotations.Nullable;

/// A registry inside this process: for tests, and behind the embedded HTTP one. Ids count from 1. New versions must be
/// backward compatible with the newest one, as is the default of Confluent's registry.
public final class InMemorySchemaRegistry implements SchemaRegistry {
    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>(); // by the schema's text: a changed doc is another schema
    private final Map<String, List<Integer>> versions = new TreeMap<>();

    @Override
    public synchronized int register(String subject, Schema schema) {
        Schema plain = PlainSchema.of(schema);
        OptionalInt known = lookup(subject, plain);
        if (known.isPresent()) {
            return known.getAsInt();
        }
        String problem = incompatibility(subject, plain);
        if (problem != null) {
            throw new IncompatibleSchemaException(problem);
        }
        int id = ids.computeIfAbsent(plain.toString(), _ -> append(plain));
        versions.computeIfAbsent(subject, _ -> new ArrayList<>()).add(id);
        return id;
    }

    @Override
    public synchronized Schema byId(int id) {
        if (id < 1 || id > schemas.size()) {
            throw new UnknownSchemaException("schema " + id + " not found");
        }
        return schemas.get(id - 1);
    }

    @Override
    public synchronized OptionalInt lookup(String subject, Schema schema) {
        Integer id = ids.get(PlainSchema.of(schema).toString());
        return id != null && versions.getOrDefault(subject, List.of()).contains(id)
                ? OptionalInt.of(id)
                : OptionalInt.empty();
    }

    @Override
    public synchronized boolean compatible(String subject, Schema schema) {
        return incompatibility(subject, schema) == null;
    }

    @Override
    public synchronized List<String> subjects() {
        return List.copyOf(versions.keySet());
    }

    @Override
    public synchronized List<Integer> versions(String subject) {
        int count = idsOf(subject).size();
        return IntStream.rangeClosed(1, count).boxed().toList();
    }

    /// The id of a version of a subject.
    public synchronized int idOf(String subject, int version) {
        List<Integer> known = idsOf(subject);
        if (version < 1 || version > known.size()) {
            throw new UnknownSchemaException("version " + version + " of subject '" + subject + "' not found");
        }
        return known.get(version - 1);
    }

    @Override
    public void close() {}

    private List<Integer> idsOf(String subject) {
        List<Integer> known = versions.get(subject);
        if (known == null) {
            throw new UnknownSchemaException("subject '" + subject + "' not found");
        }
        return known;
    }

    private int append(Schema schema) {
        schemas.add(schema);
        return schemas.size();
    }

    private @Nullable String incompatibility(String subject, Schema next) {
        List<Integer> known = versions.getOrDefault(subject, List.of());
        if (known.isEmpty()) {
            return null;
        }
        Schema newest = schemas.get(known.getLast() - 1);
        var result = SchemaCompatibility.checkReaderWriterCompatibility(next, newest);
        if (result.getType() == SchemaCompatibilityType.COMPATIBLE) {
            return null;
        }
        return "schema being registered for subject '%s' cannot read records of version %d: %s"
                .formatted(subject, known.size(), result.getResult().getIncompatibilities());
    }
}
