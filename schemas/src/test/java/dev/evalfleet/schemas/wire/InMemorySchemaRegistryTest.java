package dev.evalfleet.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class InMemorySchemaRegistryTest {
    private static final Schema V1 =
            SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
    private static final Schema WITH_OPTIONAL =
            SchemaBuilder.record("R").fields().requiredInt("a").optionalInt("b").endRecord();
    private static final Schema WITH_REQUIRED =
            SchemaBuilder.record("R").fields().requiredInt("a").requiredInt("b").endRecord();

    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

    @Test
    void oneSchemaHasOneIdWhateverItsSubjects() {
        assertThat(registry.register("x", V1)).isEqualTo(1);
        assertThat(registry.register("y", WITH_OPTIONAL)).isEqualTo(2);
        assertThat(registry.register("y", V1)).isEqualTo(1);
        assertThat(registry.register("x", V1)).isEqualTo(1);

        assertThat(registry.versions("x")).containsExactly(1);
        assertThat(registry.versions("y")).containsExactly(1, 2);
        assertThat(registry.subjects()).containsExactly("x", "y");
    }

    @Test
    void aSchemaThatCannotReadTheLastVersionIsRefusedSayingWhy() {
        registry.register("x", V1);

        assertThatThrownBy(() -> registry.register("x", WITH_REQUIRED))
                .isInstanceOf(IncompatibleSchemaException.class)
                .hasMessageContaining("subject 'x'")
                .hasMessageContaining("READER_FIELD_MISSING_DEFAULT_VALUE")
                .hasMessageContaining("b");
        assertThat(registry.versions("x")).containsExactly(1);
    }

    @Test
    void theRuleOfASubjectCanBeChanged() {
        registry.register("x", V1);
        registry.setLevel("x", Compatibility.FORWARD);
        assertThat(registry.compatible("x", WITH_REQUIRED)).isTrue();

        registry.setLevel("x", Compatibility.FULL);
        assertThat(registry.compatible("x", WITH_REQUIRED)).isFalse();
        assertThat(registry.compatible("x", WITH_OPTIONAL)).isTrue();
    }

    @Test
    void transitiveRulesLookAtEveryVersion() {
        registry.setLevel(Compatibility.NONE);
        registry.register("x", V1);
        registry.register(
                "x", SchemaBuilder.record("R").fields().requiredString("c").endRecord());
        Schema next = SchemaBuilder.record("R")
                .fields()
                .requiredString("c")
                .optionalInt("b")
                .endRecord();

        registry.setLevel(Compatibility.BACKWARD);
        assertThat(registry.compatible("x", next)).isTrue();

        registry.setLevel(Compatibility.BACKWARD_TRANSITIVE);
        assertThat(registry.problems("x", next)).singleElement().asString().contains("cannot read version 1");
    }

    @Test
    void aLookUpFindsOnlyVersionsOfTheSubject() {
        registry.register("x", V1);

        assertThat(registry.lookup("x", V1)).hasValue(1);
        assertThat(registry.lookup("y", V1)).isEmpty();
        assertThat(registry.lookup("x", WITH_OPTIONAL)).isEmpty();
        assertThatThrownBy(() -> registry.versions("y")).isInstanceOf(UnknownSchemaException.class);
        assertThatThrownBy(() -> registry.byId(2)).isInstanceOf(UnknownSchemaException.class);
    }
}
