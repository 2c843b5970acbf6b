package dev.evalfleet.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.evalfleet.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheEmbeddedBrokerTouchesBrokerInternals = noClasses()
            .that()
            .resideOutsideOfPackage("dev.evalfleet.local.embedded")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..");
}
