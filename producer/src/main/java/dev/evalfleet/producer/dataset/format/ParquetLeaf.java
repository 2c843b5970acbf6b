package dev.evalfleet.producer.dataset.format;

import dev.hardwood.metadata.LogicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.schema.SchemaNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The values of one leaf column, a batch at a time, as Hugging Face's datasets gives them to Python: whole numbers
/// are long, dates and times text as Python prints them, decimals their digits.
final class ParquetLeaf {
    private static final long JULIAN_EPOCH_DAY = 2_440_588;

    private final SchemaNode.PrimitiveNode node;
    private final ColumnReader reader;
    private Object values = new int[0];
    private int[] ends = new int[0];

    ParquetLeaf(SchemaNode.PrimitiveNode node, ColumnReader reader) {
        this.node = node;
        this.reader = reader;
    }

    ColumnReader reader() {
        return reader;
    }

    /// Takes the batch the reader stands at.
    void load() {
        values = switch (node.type()) {
            case BOOLEAN -> reader.getBooleans();
            case INT32 -> reader.getInts();
            case INT64 -> reader.getLongs();
            case FLOAT -> reader.getFloats();
            case DOUBLE -> reader.getDoubles();
            case INT96, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> reader.getBinaryValues();
        };
        if (values instanceof byte[]) {
            ends = reader.getBinaryOffsets();
        }
    }

    @Nullable
    Object at(int position) {
        if (reader.getLeafValidity().isNull(position)) {
            return null;
        }
        return switch (values) {
            case boolean[] flags -> flags[position];
            case int[] numbers -> ofInt(numbers[position]);
            case long[] numbers -> ofLong(numbers[position]);
            case float[] numbers -> (double) numbers[position];
            case double[] numbers -> numbers[position];
            case byte[] bytes -> ofBytes(bytes, ends[position], ends[position + 1] - ends[position]);
            default -> throw new IllegalStateException("no values of " + node.type());
        };
    }

    private Object ofInt(int number) {
        return switch (node.logicalType()) {
            case LogicalType.DateType _ -> LocalDate.ofEpochDay(number).toString();
            case LogicalType.TimeType _ -> PythonTime.of(LocalTime.ofNanoOfDay(number * 1_000_000L));
            case LogicalType.DecimalType decimal ->
                BigDecimal.valueOf(number, decimal.scale()).toString();
            case LogicalType.IntType type when !type.isSigned() -> Integer.toUnsignedLong(number);
            case null, default -> (long) number;
        };
    }

    private Object ofLong(long number) {
        return switch (node.logicalType()) {
            case LogicalType.TimestampType type ->
                PythonTime.of(time(number, type.unit())) + (type.isAdjustedToUTC() ? "+00:00" : "");
            case LogicalType.TimeType type ->
                PythonTime.of(time(number, type.unit()).toLocalTime());
            case LogicalType.DecimalType decimal ->
                BigDecimal.valueOf(number, decimal.scale()).toString();
            case LogicalType.IntType type
            when !type.isSigned() && number < 0 -> new BigInteger(Long.toUnsignedString(number));
            case null, default -> number;
        };
    }

    private static LocalDateTime time(long number, LogicalType.TimeUnit unit) {
        ChronoUnit units =
                switch (unit) {
                    case MILLIS -> ChronoUnit.MILLIS;
                    case MICROS -> ChronoUnit.MICROS;
                    case NANOS -> ChronoUnit.NANOS;
                };
        return LocalDateTime.ofInstant(Instant.EPOCH.plus(number, units), ZoneOffset.UTC);
    }

    private Object ofBytes(byte[] bytes, int start, int length) {
        ByteBuffer value = ByteBuffer.wrap(bytes, start, length).slice();
        return switch (node.logicalType()) {
            case LogicalType.DecimalType decimal ->
                new BigDecimal(new BigInteger(bytes, start, length), decimal.scale()).toString();
            case LogicalType.UuidType _ -> new UUID(value.getLong(), value.getLong()).toString();
            case null, default ->
                switch (node.type()) {
                    case INT96 -> legacyTime(value.order(ByteOrder.LITTLE_ENDIAN));
                    case FIXED_LEN_BYTE_ARRAY -> // the only other logical type of fixed length that is read
                        (double) Float.float16ToFloat(
                                value.order(ByteOrder.LITTLE_ENDIAN).getShort());
                    default -> new String(bytes, start, length, StandardCharsets.UTF_8);
                };
        };
    }

    private static String legacyTime(ByteBuffer value) {
        long nanos = value.getLong();
        return PythonTime.of(LocalDate.ofEpochDay(value.getInt() - JULIAN_EPOCH_DAY)
                .atStartOfDay()
                .plusNanos(nanos));
    }
}
