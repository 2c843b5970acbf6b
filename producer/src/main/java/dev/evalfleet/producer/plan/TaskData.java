package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.prompt.Examples;
import dev.evalfleet.producer.script.ScriptFunction;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.task.TaskDefinition;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The documents of a task and those its examples are drawn from, in use until closed.
record TaskData(SpoolStore.Lease documents, SpoolStore.@Nullable Lease examplesLease, Examples examples)
        implements AutoCloseable {

    /// @param limit as lm-eval's `--limit`: the first so many documents, below 1 a share of them; null: all
    static TaskData open(SpoolStore spools, TaskDefinition task, int shots, @Nullable Double limit)
            throws DatasetException {
        String split = task.splits().evaluated();
        if (split == null) {
            throw DatasetException.lasting(task.where("test_split"), "the task names no split to evaluate");
        }
        SpoolStore.Lease documents = documents(spools, task, split, limit);
        try {
            if (shots == 0) {
                return new TaskData(documents, null, Examples.NONE);
            }
            if (task.splits().fewshot() == null && task.fewShot().samples() != null) {
                return new TaskData(documents, null, Examples.of(task.fewShot().samples()));
            }
            SpoolStore.Lease examples =
                    split(spools, task, examplesSplit(task), task.fewShot().processDocs(), Long.MAX_VALUE);
            return new TaskData(documents, examples, Examples.of(examples.spool()));
        } catch (DatasetException | RuntimeException e) {
            documents.close();
            throw e;
        }
    }

    private static String examplesSplit(TaskDefinition task) throws DatasetException {
        String split = task.splits().examples();
        if (split == null) {
            throw DatasetException.lasting(
                    task.where("fewshot_split"), "there is no split to draw few-shot examples from");
        }
        return split;
    }

    private static SpoolStore.Lease documents(
            SpoolStore spools, TaskDefinition task, String split, @Nullable Double limit) throws DatasetException {
        ScriptFunction process = task.processDocs();
        if (limit == null || limit >= 1) {
            return split(spools, task, split, process, limit == null ? Long.MAX_VALUE : limit.longValue());
        }
        try (SpoolStore.Lease all = split(spools, task, split, process, Long.MAX_VALUE)) {
            return split(
                    spools, task, split, process, (long) Math.ceil(all.spool().size() * limit));
        }
    }

    // A limit counts the documents that are left by the function.
    private static SpoolStore.Lease split(
            SpoolStore spools, TaskDefinition task, String split, @Nullable ScriptFunction process, long limit)
            throws DatasetException {
        if (process == null) {
            return spools.open(task.dataset(), split, limit);
        }
        try (SpoolStore.Lease raw = spools.open(task.dataset(), split, Long.MAX_VALUE)) {
            String key = raw.spool().fingerprint() + "|" + process.identity();
            return spools.open(
                    key, process.toString(), () -> process.fresh().documents(() -> rows(raw.spool())), limit);
        } catch (ScriptException e) {
            throw DatasetException.lasting(task.where("process_docs"), String.valueOf(e.getMessage()));
        }
    }

    private static Iterator<Map<String, @Nullable Object>> rows(Spool spool) {
        return IntStream.range(0, spool.size()).mapToObj(spool::at).iterator();
    }

    @Override
    public void close() {
        documents.close();
        if (examplesLease != null) {
            examplesLease.close();
        }
    }
}
