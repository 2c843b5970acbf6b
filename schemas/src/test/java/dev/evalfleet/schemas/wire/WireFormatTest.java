package dev.evalfleet.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import java.time.Instant;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class WireFormatTest {
    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

    private final RunControl control = RunControl.newBuilder()
            .setId("r1")
            .setAction(ControlAction.STOP_EARLY)
            .setReason("sure")
            .setBy("agg")
            .setAt(Instant.ofEpochMilli(300))
            .build();

    // magic | schema id 1, big endian | "r1" | symbol 1 | "sure" | "agg" | 300, zig-zag
    private static final String GOLDEN = "00" + "00000001" + "047231" + "02" + "0873757265" + "06616767" + "d804";

    @Test
    void aRecordIsMagicByteSchemaIdAndAvroBinary() {
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, "control-value", registry);

        assertThat(HexFormat.of().formatHex(serde.toBytes(control))).isEqualTo(GOLDEN);
    }

    @Test
    void theSameBytesAreTheSameRecord() {
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, "control-value", registry);
        registry.register("control-value", Contract.schema(RunControl.class));

        assertThat(serde.fromBytes(HexFormat.of().parseHex(GOLDEN))).isEqualTo(control);
    }

    @Test
    void theSchemaIdIsFourBytesBigEndian() {
        byte[] framed = WireFormat.frame(0x01020304, new byte[] {42});

        assertThat(framed).containsExactly(0, 1, 2, 3, 4, 42);
        assertThat(WireFormat.schemaId(framed)).isEqualTo(0x01020304);
    }

    @Test
    void bytesOfAnotherFormatAreUndecodable() {
        assertThatThrownBy(() -> WireFormat.schemaId(new byte[] {0, 0, 1}))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("3 bytes");
        assertThatThrownBy(() -> WireFormat.schemaId("{\"json\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("0x7b");
    }

    @Test
    void theRegisteredSchemaIsTheOneOfTheFileWithoutHintsForJava() {
        AvroSerde.of(RunControl.class, "control-value", registry).toBytes(control);

        Schema registered = registry.byId(1);
        assertThat(registered.toString()).doesNotContain("avro.java.string");
        assertThat(registered.getField("reason").doc()).isNotBlank();
    }
}
