package dev.evalfleet.loadtest;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The packages of this module build on each other in one direction.
@AnalyzeClasses(packages = "dev.evalfleet.loadtest", importOptions = DoNotIncludeTests.class)
class PackagesTest {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.evalfleet.loadtest.(*)..").should().beFreeOfCycles();
}
