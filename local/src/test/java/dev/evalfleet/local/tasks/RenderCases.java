package dev.evalfleet.local.tasks;

import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.plan.TaskRendering;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.task.TaskReader;
import dev.evalfleet.producer.task.TaskSelector;
import dev.evalfleet.schemas.avro.RunGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Tasks of a folder, on files instead of their datasets, as `evalfleet tasks render` has them.
public final class RenderCases implements AutoCloseable {
    private final PlanningDesk desk;

    private RenderCases(PlanningDesk desk) {
        this.desk = desk;
    }

    /// A task; its rendering is the caller's to close.
    public record Case(TaskDefinition task, List<RunGroup> groups, TaskRendering rendering) {}

    public static RenderCases open(Path folder) {
        return new RenderCases(PlanningDesk.open(List.of(folder), new PoolCatalogue(List.of())));
    }

    public List<Case> of(String name, Path documents, TaskRendering.Options options) throws Exception {
        RenderData files = RenderData.of(List.of(documents.toString()));
        var cases = new ArrayList<Case>();
        for (TaskSelector.Selected one : desk.select(List.of(name))) {
            switch (TaskReader.read(files.put(one.config()), one.folder())) {
                case TaskReader.Outcome.Refused(var reasons) ->
                    throw new AssertionError(name + " is refused: " + reasons);
                case TaskReader.Outcome.Read(var task) ->
                    cases.add(new Case(task, one.groups(), desk.rendering(task, options)));
            }
        }
        return cases;
    }

    @Override
    public void close() {
        desk.close();
    }
}
