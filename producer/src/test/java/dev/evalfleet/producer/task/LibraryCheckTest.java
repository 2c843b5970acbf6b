package dev.evalfleet.producer.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.plan.PlannerUnderTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCheckTest {
    private static final String GOOD =
            "task: good\ndataset_path: someone/data\ntest_split: test\ndoc_to_text: '{{q}}'\ndoc_to_target: '{{a}}'\n";

    @TempDir
    Path folder;

    private void file(String name, String text) {
        PlannerUnderTest.write(folder, name, text);
    }

    private LibraryCheck.Report check() {
        return LibraryCheck.of(new TaskLibrary(List.of(folder)));
    }

    @Test
    void aTaskWithoutPythonRuns() {
        file("good.yaml", GOOD);

        LibraryCheck.Report report = check();

        assertThat(report.tasks()).hasSize(1);
        assertThat(report.runnable()).isEqualTo(1);
        assertThat(report.pureRunnable()).isEqualTo(1);
        assertThat(report.tasks().getFirst().reason()).isEmpty();
    }

    @Test
    void aClassIsNamedAsTheReason() {
        file("c.yaml", "task: c\nclass: !function task.Squad\n");

        LibraryCheck.Verdict verdict = check().tasks().getFirst();

        assertThat(verdict.runnable()).isFalse();
        assertThat(verdict.pure()).isFalse();
        assertThat(verdict.reason()).contains("c.yaml:2 class").contains("task.Squad");
    }

    @Test
    void aBrokenFileIsToldWithItsLineAndTheOthersAreStillChecked() {
        file("good.yaml", GOOD);
        file("broken.yaml", "task: broken\ndoc_to_text: [unclosed\n");

        LibraryCheck.Report report = check();

        assertThat(report.runnable()).isEqualTo(1);
        assertThat(report.broken()).singleElement().satisfies(problem -> assertThat(problem.getWhere())
                .contains("broken.yaml:3"));
    }

    @Test
    void tasksOfOneCauseAreCountedTogether() {
        file("a.yaml", GOOD.replace("good", "a") + "metric_list:\n- metric: nonsense\n");
        file("b.yaml", GOOD.replace("good", "b") + "metric_list:\n- metric: fantasy\n");

        assertThat(check().tasks().stream().map(LibraryCheck.Verdict::cause).distinct())
                .singleElement()
                .asString()
                .startsWith("metric \"...\" is not supported for generate_until");
    }
}
