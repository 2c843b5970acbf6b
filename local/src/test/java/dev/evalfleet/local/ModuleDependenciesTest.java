package dev.evalfleet.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// producer, worker and aggregator meet on topics, and nowhere else.
@AnalyzeClasses(packages = "dev.evalfleet", importOptions = DoNotIncludeTests.class)
class ModuleDependenciesTest {

    @ArchTest
    static final ArchRule modulesDependOnlyOnThoseBelowThem = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.evalfleet..")
            .layer("schemas")
            .definedBy("dev.evalfleet.schemas..")
            .layer("runtime")
            .definedBy("dev.evalfleet.runtime..")
            .layer("producer")
            .definedBy("dev.evalfleet.producer..")
            .layer("worker")
            .definedBy("dev.evalfleet.worker..")
            .layer("aggregator")
            .definedBy("dev.evalfleet.aggregator..")
            .layer("local")
            .definedBy("dev.evalfleet.local..")
            .whereLayer("local")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("producer")
            .mayOnlyBeAccessedByLayers("local")
            .whereLayer("worker")
            .mayOnlyBeAccessedByLayers("local")
            .whereLayer("aggregator")
            .mayOnlyBeAccessedByLayers("local")
            .whereLayer("runtime")
            .mayOnlyBeAccessedByLayers("producer", "worker", "aggregator", "local");

    /// A feature is a package right below a module's root, with all below it; the root is one too.
    @ArchTest
    static final ArchRule featuresHaveNoCycles =
            slices().assignedFrom(new ByFeature()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheEmbeddedBrokerTouchesBrokerInternals = noClasses()
            .that()
            .resideOutsideOfPackage("dev.evalfleet.local.embedded")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..");

    private static final class ByFeature implements SliceAssignment {
        private static final Pattern FEATURE = Pattern.compile("dev\\.evalfleet\\.(\\w+(?:\\.\\w+)?).*");

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            Matcher matcher = FEATURE.matcher(type.getPackageName());
            return matcher.matches() ? SliceIdentifier.of(matcher.group(1)) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "features";
        }
    }
}
