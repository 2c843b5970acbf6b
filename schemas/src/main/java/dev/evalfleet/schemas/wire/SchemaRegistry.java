package dev.evalfleet.schemas.wire;

import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;

/// Which id stands for which schema (process edge). Ids are global: one schema has one id, whatever its subjects.
///
/// Every method throws [RegistryUnavailableException] when the registry cannot be asked: try again, never give up on
/// a record because of it.
public interface SchemaRegistry extends AutoCloseable {

    /// The id of a schema, making it the newest version of the subject if it is not a version yet.
    ///
    /// @throws IncompatibleSchemaException when the subject's compatibility rule refuses it
    int register(String subject, Schema schema);

    /// The schema an id stands for.
    ///
    /// @throws UnknownSchemaException when the registry does not know the id
    Schema byId(int id);

    /// The id of a schema if it is a version of the subject.
    OptionalInt lookup(String subject, Schema schema);

    /// Whether the schema could become the next version of the subject; true for a new subject.
    boolean compatible(String subject, Schema schema);

    List<String> subjects();

    /// Version numbers of a subject, oldest first.
    ///
    /// @throws UnknownSchemaException when there is no such subject
    List<Integer> versions(String subject);

    @Override
    void close();
}
