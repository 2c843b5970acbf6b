package dev.evalfleet.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroSerdeTest {
    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

    static List<Class<? extends SpecificRecord>> records() {
        return Contract.records();
    }

    @ParameterizedTest
    @MethodSource("records")
    <V extends SpecificRecord> void everyRecordComesBackAsItWas(Class<V> type) throws IOException {
        AvroSerde<V> serde = AvroSerde.of(type, "topic-value", registry);
        int id = registry.register("topic-value", Contract.schema(type));

        for (GenericData.Record random : Contract.random(Contract.schema(type), 50, 7)) {
            V once = serde.fromBytes(WireFormat.frame(id, binary(random)));
            V twice = serde.fromBytes(serde.toBytes(once));

            assertThat(twice).isEqualTo(once);
        }
    }

    // A broken record must never take the process down: not by an error, not by asking for all memory.
    @ParameterizedTest
    @MethodSource("records")
    <V extends SpecificRecord> void damagedBytesAreARecordOrUndecodableAndNothingElse(Class<V> type)
            throws IOException {
        AvroSerde<V> serde = AvroSerde.of(type, "topic-value", registry);
        int id = registry.register("topic-value", Contract.schema(type));
        Random random = new Random(11);

        for (GenericData.Record sound : Contract.random(Contract.schema(type), 20, 3)) {
            byte[] bytes = WireFormat.frame(id, binary(sound));
            for (int i = 0; i < 50; i++) {
                assertRecordOrUndecodable(serde, damaged(bytes, random));
            }
        }
    }

    @Test
    void aRecordOfAnOlderSchemaIsReadWithDefaults() throws IOException {
        Schema older = SchemaBuilder.record("RunControl")
                .namespace("dev.evalfleet.schemas.avro")
                .fields()
                .requiredString("id")
                .name("action")
                .type(Contract.schema(RunControl.class).getField("action").schema())
                .noDefault()
                .name("at")
                .type(Contract.schema(RunControl.class).getField("at").schema())
                .noDefault()
                .endRecord();
        int id = registry.register("control-value", older);
        GenericData.Record written = new GenericRecordBuilder(older)
                .set("id", "r1")
                .set(
                        "action",
                        new GenericData.EnumSymbol(older.getField("action").schema(), "CANCEL"))
                .set("at", 5L)
                .build();

        RunControl read = AvroSerde.of(RunControl.class, "control-value", registry)
                .fromBytes(WireFormat.frame(id, binary(written)));

        assertThat(read.getReason()).isEmpty();
        assertThat(read.getAction()).isEqualTo(ControlAction.CANCEL);
        assertThat(read.getAt()).isEqualTo(Instant.ofEpochMilli(5));
    }

    @Test
    void aRecordOfAnotherTopicIsUndecodable() {
        RunControl control = control();
        byte[] bytes = AvroSerde.of(RunControl.class, "control-value", registry).toBytes(control);

        assertThatThrownBy(() ->
                        AvroSerde.of(Sample.class, "samples-value", registry).fromBytes(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("not a Sample written with schema id 1");
    }

    @Test
    void anIdTheRegistryDoesNotKnowIsUndecodable() {
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, "control-value", registry);

        assertThatThrownBy(() -> serde.fromBytes(new byte[] {0, 0, 0, 0, 99, 1}))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("does not know schema id 99");
    }

    @Test
    void bytesAfterTheRecordAreUndecodable() {
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, "control-value", registry);
        byte[] bytes = serde.toBytes(control());

        assertThatThrownBy(() -> serde.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("goes on after the RunControl");
    }

    @Test
    void aLengthBeyondTheBytesThatAreThereTakesNoMemory() {
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, "control-value", registry);
        registry.register("control-value", Contract.schema(RunControl.class));
        byte[] twoGigabytesOfText = {0, 0, 0, 0, 1, (byte) 0xd0, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'r', '1'};

        assertThatThrownBy(() -> serde.fromBytes(twoGigabytesOfText)).isInstanceOf(UndecodableException.class);
    }

    @Test
    void aTombstoneHasNoBytes() {
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, "control-value", registry);

        assertThat(serde.serializer().serialize("control", null)).isNull();
        assertThat(serde.deserializer().deserialize("control", (byte[]) null)).isNull();
    }

    private static RunControl control() {
        return RunControl.newBuilder()
                .setId("r1")
                .setAction(ControlAction.CANCEL)
                .setAt(Instant.EPOCH)
                .build();
    }

    private static byte[] binary(GenericData.Record record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = Arrays.copyOf(bytes, WireFormat.HEADER + random.nextInt(bytes.length - WireFormat.HEADER + 1));
        for (int i = random.nextInt(4); i > 0 && damaged.length > WireFormat.HEADER; i--) {
            int at = WireFormat.HEADER + random.nextInt(damaged.length - WireFormat.HEADER);
            damaged[at] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    private static void assertRecordOrUndecodable(AvroSerde<?> serde, byte[] bytes) {
        try {
            assertThat(serde.fromBytes(bytes)).isNotNull();
        } catch (UndecodableException e) {
            assertThat(e).hasMessageContaining("schema id");
        }
    }
}
