package dev.evalfleet.schemas.wire;

import dev.evalfleet.schemas.avro.Alert;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.SystemLimitException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Generated record to framed Avro and back. Reading resolves whatever schema the record was written with to the one
/// this process was built with. Safe for use by many threads.
public final class AvroSerde<V extends SpecificRecord> implements Serde<V> {
    private static final String LARGEST = String.valueOf(16 << 20);
    private static final String MOST_ITEMS = "1000000";

    static {
        // A length in the bytes must not make us reserve what they do not hold. Who knows better says so by property.
        limit(SystemLimitException.MAX_STRING_LENGTH_PROPERTY, LARGEST);
        limit(SystemLimitException.MAX_BYTES_LENGTH_PROPERTY, LARGEST);
        limit(SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY, MOST_ITEMS);
        // Avro makes objects of classes that somebody vouches for only; these are ours.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                candidate -> candidate.getPackageName().equals(Alert.class.getPackageName())));
    }

    private static void limit(String property, String most) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, most);
        }
    }

    private final Class<V> type;
    private final String subject;
    private final SchemaRegistry registry;
    private final SpecificData data;
    private final Schema schema;
    private final DatumWriter<V> writer;
    private final Map<Integer, DatumReader<V>> readers = new ConcurrentHashMap<>();
    private volatile int schemaId = -1;

    private AvroSerde(Class<V> type, String subject, SchemaRegistry registry) {
        this.type = type;
        this.subject = subject;
        this.registry = registry;
        this.data = SpecificData.getForClass(type);
        this.schema = data.getSchema(type);
        this.writer = new SpecificDatumWriter<>(schema, data);
    }

    public static <V extends SpecificRecord> AvroSerde<V> of(Class<V> type, String subject, SchemaRegistry registry) {
        return new AvroSerde<>(type, subject, registry);
    }

    /// The id that records are written with; registers the schema the first time.
    ///
    /// @throws RegistryUnavailableException when the registry cannot be asked
    /// @throws IncompatibleSchemaException when the registry does not take the schema
    /// @throws UnknownSchemaException when it is not registered, and this process may not register
    public int schemaId() {
        int id = schemaId;
        if (id < 0) {
            id = registry.register(subject, PlainSchema.of(schema));
            schemaId = id;
        }
        return id;
    }

    /// Registers the schema if this is the first record.
    ///
    /// @throws RegistryUnavailableException when the registry cannot be asked
    public byte[] toBytes(V value) {
        int id = schemaId();
        ByteArrayOutputStream payload = new ByteArrayOutputStream(512);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(payload, null);
        try {
            writer.write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return WireFormat.frame(id, payload.toByteArray());
    }

    /// @throws UndecodableException when the bytes are not a record of this type, now and for ever
    /// @throws RegistryUnavailableException when the registry cannot be asked
    public V fromBytes(byte[] framed) throws UndecodableException {
        int id = WireFormat.schemaId(framed);
        DatumReader<V> reader = readerFor(id);
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(framed, WireFormat.HEADER, framed.length - WireFormat.HEADER, null);
        V value;
        try {
            value = read(reader, decoder);
        } catch (IOException | RuntimeException | StackOverflowError e) { // it comes from these bytes alone
            throw new UndecodableException(
                    "value is not a %s written with schema id %d: %s".formatted(type.getSimpleName(), id, reason(e)),
                    e);
        }
        if (!atEnd(decoder)) {
            throw new UndecodableException(
                    "value goes on after the %s (schema id %d) it holds".formatted(type.getSimpleName(), id));
        }
        return value;
    }

    @Override
    public Serializer<V> serializer() {
        return (topic, value) -> absentOr(value, this::toBytes);
    }

    @Override
    public Deserializer<V> deserializer() {
        return (topic, bytes) -> absentOr(bytes, this::fromBytes);
    }

    // A tombstone has no value; Kafka's interfaces do not say so in their types.
    @SuppressWarnings("NullAway")
    private static <A, B> B absentOr(@Nullable A value, Function<A, B> convert) {
        return value == null ? null : convert.apply(value);
    }

    @SuppressWarnings("NullAway") // null means: make a new object
    private static <V> V read(DatumReader<V> reader, BinaryDecoder decoder) throws IOException {
        return reader.read(null, decoder);
    }

    private static boolean atEnd(BinaryDecoder decoder) {
        try {
            return decoder.isEnd();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reads from memory
        }
    }

    private DatumReader<V> readerFor(int id) {
        DatumReader<V> known = readers.get(id);
        if (known != null) {
            return known;
        }
        Schema written;
        try {
            written = registry.byId(id);
        } catch (UnknownSchemaException e) {
            throw new UndecodableException("the schema registry does not know schema id " + id, e);
        }
        DatumReader<V> reader = new SpecificDatumReader<>(written, schema, data);
        readers.put(id, reader);
        return reader;
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
