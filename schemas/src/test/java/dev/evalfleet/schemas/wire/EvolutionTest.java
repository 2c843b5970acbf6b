package dev.evalfleet.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Processes of the first release and of this one must understand each other, whichever is upgraded first.
class EvolutionTest {
    private static final String ADVICE = "%s differs from its frozen copy in a way that breaks %s. Make the change"
            + " compatible (new fields need a default). Only while nothing is released yet, freeze anew: "
            + FreezeSchemas.COMMAND;

    static List<Class<? extends SpecificRecord>> records() {
        return Contract.records();
    }

    @ParameterizedTest
    @MethodSource("records")
    void everyRecordHasAFrozenCopy(Class<? extends SpecificRecord> type) {
        assertThat(Contract.frozen(type))
                .as("no frozen copy of %s; write it with: %s", type.getSimpleName(), FreezeSchemas.COMMAND)
                .exists();
    }

    @ParameterizedTest
    @MethodSource("records")
    void thisReleaseReadsWhatTheFirstWrote(Class<? extends SpecificRecord> type) throws IOException {
        List<String> problems = Compatibility.BACKWARD.problems(Contract.schema(type), List.of(frozen(type)));

        assertThat(problems)
                .as(ADVICE, type.getSimpleName(), "reading old records")
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("records")
    void theFirstReleaseReadsWhatThisOneWrites(Class<? extends SpecificRecord> type) throws IOException {
        List<String> problems = Compatibility.FORWARD.problems(Contract.schema(type), List.of(frozen(type)));

        assertThat(problems).as(ADVICE, type.getSimpleName(), "old readers").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("records")
    void theRegistryLetsThisReleaseFollowTheFirst(Class<? extends SpecificRecord> type) throws IOException {
        try (InMemorySchemaRegistry registry = new InMemorySchemaRegistry()) {
            registry.setLevel(Compatibility.FULL);
            registry.register("topic-value", frozen(type));

            assertThat(registry.problems("topic-value", Contract.schema(type))).isEmpty();
        }
    }

    private static Schema frozen(Class<? extends SpecificRecord> type) throws IOException {
        assumeThat(Contract.frozen(type)).exists();
        return new Schema.Parser().parse(Files.readString(Contract.frozen(type)));
    }
}
