package dev.evalfleet.schemas.wire;

import java.nio.ByteBuffer;

/// The Confluent wire format: magic byte 0, the schema id as four bytes (big endian), the Avro binary.
public final class WireFormat {
    /// Bytes before the payload.
    public static final int HEADER = 5;

    private static final byte MAGIC = 0;

    private WireFormat() {}

    public static byte[] frame(int schemaId, byte[] payload) {
        return ByteBuffer.allocate(HEADER + payload.length)
                .put(MAGIC)
                .putInt(schemaId)
                .put(payload)
                .array();
    }

    /// The id of the schema the payload was written with.
    public static int schemaId(byte[] framed) throws UndecodableException {
        if (framed.length < HEADER) {
            throw new UndecodableException(
                    "value has %d bytes, fewer than the 5 of the Confluent wire format".formatted(framed.length));
        }
        if (framed[0] != MAGIC) {
            throw new UndecodableException(
                    "value starts with byte 0x%02x, not with the 0x00 of the Confluent wire format"
                            .formatted(framed[0]));
        }
        return ByteBuffer.wrap(framed).getInt(1);
    }
}
