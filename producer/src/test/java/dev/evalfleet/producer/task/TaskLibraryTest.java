package dev.evalfleet.producer.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.plan.PlannerUnderTest;
import dev.evalfleet.producer.yaml.Config;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskLibraryTest {
    @TempDir
    Path folder;

    private final Problems problems = new Problems();

    private void file(String name, String text) {
        PlannerUnderTest.write(folder, name, text);
    }

    private List<TaskSelector.Selected> select(String... names) {
        return new TaskSelector(new TaskLibrary(List.of(folder)), Map.of(), problems).select(List.of(names));
    }

    private static List<String> names(List<TaskSelector.Selected> selected) {
        return selected.stream().map(TaskSelector.Selected::name).toList();
    }

    @Test
    void includesAreChainedAndTheFileItselfWins() {
        file("base.yaml", "output_type: multiple_choice\ndescription: base\nnum_fewshot: 5\n");
        file("middle_yaml", "include: base.yaml\ndescription: middle\n");
        file("sub/t.yaml", "include: ../middle_yaml\ntask: t\nnum_fewshot: 0\n");

        Config config = select("t").getFirst().config();

        assertThat(config.values())
                .containsEntry("output_type", "multiple_choice")
                .containsEntry("description", "middle")
                .containsEntry("num_fewshot", 0L)
                .doesNotContainKey("include");
        assertThat(config.where("description")).endsWith("middle_yaml:2 description");
        assertThat(config.where("output_type")).endsWith("base.yaml:1 output_type");
        assertThat(config.where("num_fewshot")).endsWith("t.yaml:3 num_fewshot");
    }

    @Test
    void ofSeveralIncludesTheLastWins() {
        file("a.yaml", "description: a\n");
        file("b.yaml", "description: b\nrepeats: 2\n");
        file("t.yaml", "include: [a.yaml, b.yaml]\ntask: t\n");

        assertThat(select("t").getFirst().config().values())
                .containsEntry("description", "b")
                .containsEntry("repeats", 2L);
    }

    @Test
    void groupsHoldTasksTagsGroupsAndOverrides() {
        file("a.yaml", "task: a\ntag: both\n");
        file("b.yaml", "task: b\ntag: [both, other]\n");
        file("c.yaml", "task: c\nnum_fewshot: 1\n");
        file(
                "inner.yaml",
                "group: inner\ntask: [both]\naggregate_metric_list: [{metric: acc, weight_by_size: false}]\n");
        file(
                "outer.yaml",
                """
                group: outer
                group_alias: The outer one
                task:
                  - inner
                  - task: c
                    num_fewshot: 3
                  - group: nested
                    task: [d]
                """);
        file("d.yaml", "task: d\n");

        List<TaskSelector.Selected> selected = select("outer");

        assertThat(names(selected)).containsExactly("a", "b", "c", "d");
        assertThat(selected.get(0).groups().stream().map(RunGroup::getName)).containsExactly("outer", "inner");
        assertThat(selected.get(0).groups().get(1).getWeightBySize()).isFalse();
        assertThat(selected.get(0).groups().get(0).getAlias()).isEqualTo("The outer one");
        assertThat(selected.get(2).config().values()).containsEntry("num_fewshot", 3L);
        assertThat(selected.get(3).groups().stream().map(RunGroup::getName)).containsExactly("outer", "nested");
        assertThat(names(select("b", "both"))).containsExactly("b", "a");
        assertThat(names(select("a", "*"))).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(problems.list()).extracting(Problem::getMessage).allMatch(text -> text.contains("asked for twice"));
    }

    @Test
    void anUnknownNameIsRefusedWithTheNearestOne() {
        file("t.yaml", "task: arithmetic\n");

        select("arithmetik", "zzz*");

        assertThat(problems.list().stream().map(Problem::getMessage))
                .anySatisfy(text -> assertThat(text)
                        .contains("no task, group or tag \"arithmetik\" in " + folder, "did you mean arithmetic?"))
                .anySatisfy(text -> assertThat(text).contains("matches \"zzz*\""));
    }

    @Test
    void aCircleOfGroupsIsRefused() {
        file("a.yaml", "group: a\ntask: [b]\n");
        file("b.yaml", "group: b\ntask: [a]\n");

        select("a");

        assertThat(problems.list()).singleElement().satisfies(p -> assertThat(p.getMessage())
                .contains("is it a circle?"));
    }

    @Test
    void brokenFilesAreReportedWithTheirLineAndHarmNobodyElse() {
        file("good.yaml", "task: good\n");
        file("broken.yaml", "task: broken\ndescription: \"never closed\n");
        file("missing.yaml", "task: missing\ninclude: nowhere.yaml\n");

        var library = new TaskLibrary(List.of(folder));

        assertThat(library.entries().stream().map(TaskLibrary.Entry::name)).containsExactly("good");
        assertThat(library.problems().stream().map(p -> p.getWhere() + ": " + p.getMessage()))
                .anySatisfy(p -> assertThat(p).contains("broken.yaml:", "broken YAML"))
                .anySatisfy(p -> assertThat(p).contains("missing.yaml:2 include", "there is no file"));
    }

    @Test
    void entriesTellWhereTheyAreAndWhatTheyHold() {
        file("a.yaml", "# What a asks.\ntask: a\ntag: some\n");
        file("g.yaml", "group: g\ntask: [a]\n");

        assertThat(new TaskLibrary(List.of(folder)).entries())
                .containsExactly(
                        new TaskLibrary.Entry(
                                "a", TaskLibrary.Kind.TASK, folder.resolve("a.yaml") + ":2", List.of(), "What a asks."),
                        new TaskLibrary.Entry(
                                "g", TaskLibrary.Kind.GROUP, folder.resolve("g.yaml") + ":1", List.of("a"), ""),
                        new TaskLibrary.Entry("some", TaskLibrary.Kind.TAG, "", List.of("a"), ""));
    }

    @Test
    void filesThatAreAddedLaterAreSeen() {
        var library = new TaskLibrary(List.of(folder));
        assertThat(library.task("late")).isEmpty();

        file("late.yaml", "task: late\n");

        assertThat(library.task("late")).isPresent();
    }
}
