package dev.evalfleet.schemas.wire;

import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;

/// Every record that travels on a topic.
final class Contract {
    /// Schemas as they were at the first release.
    static final Path FROZEN = Path.of("src/test/resources/schemas-v1");

    private Contract() {}

    static List<Class<? extends SpecificRecord>> records() {
        Topics topics = Topics.standard();
        return Stream.concat(topics.all().stream(), Stream.of(topics.samples("pool")))
                .filter(Topic::isAvro)
                .<Class<? extends SpecificRecord>>map(topic -> topic.type().asSubclass(SpecificRecord.class))
                .toList();
    }

    static Schema schema(Class<? extends SpecificRecord> type) {
        return PlainSchema.of(SpecificData.get().getSchema(type));
    }

    static Path frozen(Class<? extends SpecificRecord> type) {
        return FROZEN.resolve(type.getSimpleName() + ".avsc");
    }

    /// Records with random content, the same for the same seed.
    static List<GenericData.Record> random(Schema schema, int count, long seed) {
        return Stream.of(new RandomData(schema, count, seed))
                .flatMap(data -> StreamSupport.stream(data.spliterator(), false))
                .map(GenericData.Record.class::cast)
                .toList();
    }
}
