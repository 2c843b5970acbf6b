package dev.evalfleet.schemas.wire;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/// What a new version of a subject must keep possible, named as in Confluent's registry.
public enum Compatibility {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean readsOld;
    private final boolean isReadByOld;
    private final boolean transitive;

    Compatibility(boolean readsOld, boolean isReadByOld, boolean transitive) {
        this.readsOld = readsOld;
        this.isReadByOld = isReadByOld;
        this.transitive = transitive;
    }

    /// Why `next` may not follow these versions (oldest first); empty when it may.
    public List<String> problems(Schema next, List<Schema> versions) {
        List<String> problems = new ArrayList<>();
        int oldest = transitive ? 0 : Math.max(0, versions.size() - 1);
        for (int i = oldest; i < versions.size(); i++) {
            Schema version = versions.get(i);
            if (readsOld) {
                add(problems, "the new schema cannot read version " + (i + 1), next, version);
            }
            if (isReadByOld) {
                add(problems, "version " + (i + 1) + " cannot read the new schema", version, next);
            }
        }
        return problems;
    }

    private static void add(List<String> problems, String prefix, Schema reader, Schema writer) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult();
        for (Incompatibility found : result.getIncompatibilities()) {
            problems.add(
                    "%s: %s at %s: %s".formatted(prefix, found.getType(), found.getLocation(), found.getMessage()));
        }
    }
}
