package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.local.interop.SharedRegistries.Kind;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.wire.AvroSerde;
import dev.evalfleet.schemas.wire.WireFormat;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Processes of the first release, of this one and of a later one understand each other through a registry that lets
/// only fully compatible schemas follow each other.
@ParameterizedClass(name = "{0}")
@EnumSource
@ExtendWith(SharedRegistries.Extension.class)
class EvolutionIT {
    private static final Path FIRST_RELEASE = Path.of("..", "schemas", "src", "test", "resources", "schemas-v1");

    private final String url;
    private final Topics topics = new Topics("test-" + UUID.randomUUID() + ".", 4);
    private HttpSchemaRegistry registry;

    EvolutionIT(Kind kind, SharedRegistries registries) {
        url = registries.url(kind);
    }

    @BeforeEach
    void open() {
        registry = new HttpSchemaRegistry(RegistryAccess.of(URI.create(url)));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void everyReleaseReadsWhatTheOthersWrite() throws Exception {
        for (Topic<?> topic : contract()) {
            Schema first = new Schema.Parser()
                    .parse(FIRST_RELEASE
                            .resolve(topic.type().getSimpleName() + ".avsc")
                            .toFile());
            assertThat(registry.register(topic.subject(), first)).isPositive();
            RegistryRule.set(url, topic.subject(), "FULL");

            understandEachOther(topic, topic.type().asSubclass(SpecificRecord.class), first);
        }
    }

    private <V extends SpecificRecord> void understandEachOther(Topic<?> topic, Class<V> type, Schema first)
            throws IOException {
        AvroSerde<V> thisRelease = AvroSerde.of(type, topic.subject(), registry);
        V record = thisRelease.fromBytes(written(topic.subject(), first));
        byte[] bytes = thisRelease.toBytes(record); // registers the schema of this release
        Schema current = registry.byId(WireFormat.schemaId(bytes));
        Schema later = withOneMoreField(current);

        assertThat(read(bytes, first))
                .as("%s, read by the first release", topic.name())
                .isNotNull();
        assertThat(read(bytes, later).get("addedLater")).hasToString("nothing");
        assertThat(thisRelease.fromBytes(written(topic.subject(), later))).isInstanceOf(type);
        assertThat(registry.versions(topic.subject())).hasSizeBetween(2, 3);
    }

    private byte[] written(String subject, Schema schema) throws IOException {
        int id = registry.register(subject, schema);
        Object random = new RandomData(schema, 1, 5).iterator().next();
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(payload, null);
        new GenericDatumWriter<>(schema).write(random, encoder);
        encoder.flush();
        return WireFormat.frame(id, payload.toByteArray());
    }

    private GenericData.Record read(byte[] framed, Schema reader) throws IOException {
        Schema writer = registry.byId(WireFormat.schemaId(framed));
        int length = framed.length - WireFormat.HEADER;
        return new GenericDatumReader<GenericData.Record>(writer, reader)
                .read(null, DecoderFactory.get().binaryDecoder(framed, WireFormat.HEADER, length, null));
    }

    private static Schema withOneMoreField(Schema schema) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode tree = (ObjectNode) json.readTree(schema.toString());
        tree.withArray("fields")
                .addObject()
                .put("name", "addedLater")
                .put("type", "string")
                .put("default", "nothing");
        return new Schema.Parser().parse(tree.toString());
    }

    private List<Topic<?>> contract() throws IOException {
        assertThat(Files.isDirectory(FIRST_RELEASE)).isTrue();
        return Stream.<Topic<?>>concat(topics.all().stream(), Stream.of(topics.samples("pool")))
                .filter(Topic::isAvro)
                .toList();
    }
}
