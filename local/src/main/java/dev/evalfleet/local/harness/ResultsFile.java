package dev.evalfleet.local.harness;

import dev.evalfleet.aggregator.stats.corpus.GroupScore;
import dev.evalfleet.aggregator.stats.corpus.HarnessScore;
import dev.evalfleet.producer.prompt.HarnessSample;
import dev.evalfleet.schemas.avro.RunGroup;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// lm-eval's results file of one model: values and standard errors of tasks and groups, and what they were made with.
final class ResultsFile {
    private static final String NOT_AVAILABLE = "N/A";

    private final List<TaskLog> logs;
    private final GroupTree groups;
    private final int iterations;
    private final Map<String, Map<String, @Nullable Object>> results = new LinkedHashMap<>();
    private final Map<String, Map<String, @Nullable Object>> groupResults = new LinkedHashMap<>();
    private final Map<String, Map<String, @Nullable Object>> higherIsBetter = new TreeMap<>();
    private final Map<String, Object> shots = new TreeMap<>();
    private final Map<String, @Nullable Object> versions = new TreeMap<>();

    private ResultsFile(List<TaskLog> logs, int iterations) {
        this.logs = logs;
        this.groups = GroupTree.of(logs);
        this.iterations = iterations;
    }

    /// @param iterations of the bootstrap; 0: no standard errors
    static Map<String, @Nullable Object> of(List<TaskLog> logs, int iterations) {
        var file = new ResultsFile(logs, iterations);
        logs.forEach(file::task);
        file.groups.bottomUp().forEach(file::group);
        return file.content();
    }

    private void task(TaskLog log) {
        String name = log.task().name();
        var entry = new LinkedHashMap<String, @Nullable Object>();
        entry.put("name", name);
        entry.put("alias", log.task().alias());
        entry.put("sample_len", log.scored());
        var better = new LinkedHashMap<String, @Nullable Object>();
        for (TaskLog.Figure figure : log.figures(iterations)) {
            put(entry, figure.metric(), figure.filter(), figure.score());
            better.put(figure.metric(), figure.higherIsBetter());
        }
        results.put(name, entry);
        higherIsBetter.put(name, better);
        shots.put(name, (long) log.plan().getNumFewshot());
        versions.put(name, version(log));
    }

    private static @Nullable Object version(TaskLog log) {
        return log.task().config().get("metadata") instanceof Map<?, ?> metadata && metadata.containsKey("version")
                ? metadata.get("version")
                : "Yaml";
    }

    private static void put(Map<String, @Nullable Object> entry, String metric, String filter, HarnessScore score) {
        entry.put(metric + "," + filter, score.value());
        Object error = score.standardError() == null ? NOT_AVAILABLE : score.standardError();
        entry.put(metric + "_stderr," + filter, error);
    }

    private void group(RunGroup group) {
        var entry = new LinkedHashMap<String, @Nullable Object>();
        entry.put("alias", group.getAlias());
        entry.put("name", group.getName());
        if (!group.getMetrics().isEmpty()) {
            aggregate(group, entry);
            groupResults.put(group.getName(), entry);
        }
        results.put(group.getName(), entry);
        versions.put(group.getName(), group.getVersion());
        inherit(group.getName());
    }

    private void aggregate(RunGroup group, Map<String, @Nullable Object> entry) {
        List<TaskLog> members = groups.tasks(group.getName());
        entry.put("sample_len", members.stream().mapToLong(TaskLog::scored).sum());
        var counts = new LinkedHashMap<String, Object>();
        for (String metric : group.getMetrics()) {
            for (String filter : group.getFilters().isEmpty() ? filters(metric, members) : group.getFilters()) {
                List<GroupScore.Member> scores = scores(metric + ",", metric + "_stderr,", filter, members);
                if (!scores.isEmpty()) {
                    GroupScore score = GroupScore.of(scores, group.getWeightBySize());
                    put(entry, metric, filter, new HarnessScore(score.value(), score.standardError()));
                    counts.put(metric + "," + filter, score.samples());
                }
            }
        }
        if (!counts.isEmpty()) {
            entry.put("sample_count", counts);
        }
    }

    private List<GroupScore.Member> scores(String metric, String error, String filter, List<TaskLog> members) {
        var scores = new ArrayList<GroupScore.Member>();
        for (TaskLog member : members) {
            Map<String, @Nullable Object> entry =
                    results.getOrDefault(member.task().name(), Map.of());
            if (entry.get(metric + filter) instanceof Double value) {
                Double deviation = entry.get(error + filter) instanceof Double number ? number : null;
                scores.add(new GroupScore.Member(value, deviation, member.scored()));
            }
        }
        return scores;
    }

    private SortedSet<String> filters(String metric, List<TaskLog> members) {
        var filters = new TreeSet<String>();
        for (TaskLog member : members) {
            results.getOrDefault(member.task().name(), Map.of()).keySet().stream()
                    .filter(key -> key.startsWith(metric + ","))
                    .forEach(key -> filters.add(key.substring(metric.length() + 1)));
        }
        return filters;
    }

    // What all its children agree on.
    private void inherit(String group) {
        var better = new LinkedHashMap<String, @Nullable Object>();
        var shown = new TreeSet<Long>();
        for (String child : groups.children(group)) {
            higherIsBetter.getOrDefault(child, Map.of()).forEach((metric, higher) -> {
                if (!better.containsKey(metric)) {
                    better.put(metric, higher);
                } else if (better.get(metric) != null && !better.get(metric).equals(higher)) {
                    better.put(metric, null);
                }
            });
            if (shots.get(child) instanceof Long count) {
                shown.add(count);
            }
        }
        if (!better.isEmpty()) {
            higherIsBetter.put(group, better);
        }
        if (shown.size() == 1) {
            shots.put(group, shown.getFirst());
        }
    }

    private Map<String, @Nullable Object> content() {
        var content = new LinkedHashMap<String, @Nullable Object>();
        content.put("results", results);
        if (!groupResults.isEmpty()) {
            content.put("groups", groupResults);
        }
        var subtasks = new LinkedHashMap<String, Object>();
        groups.bottomUp().forEach(group -> subtasks.put(group.getName(), groups.children(group.getName())));
        content.put("group_subtasks", subtasks);
        var configs = new TreeMap<String, Object>();
        var sizes = new LinkedHashMap<String, Object>();
        var hashes = new LinkedHashMap<String, Object>();
        for (TaskLog log : logs) {
            String name = log.task().name();
            configs.put(name, TaskConfigs.of(log.task(), log.plan().getNumFewshot()));
            var size = new LinkedHashMap<String, Object>();
            size.put("original", log.plan().getExpectedSamples());
            size.put("effective", log.scored());
            sizes.put(name, size);
            hashes.put(name, log.hash());
        }
        content.put("configs", configs);
        content.put("versions", versions);
        content.put("n-shot", shots);
        content.put("higher_is_better", higherIsBetter);
        content.put("n-samples", sizes);
        content.put("config", settings(logs.getFirst().plan()));
        content.put("task_hashes", hashes);
        return content;
    }

    private Map<String, @Nullable Object> settings(RunPlan plan) {
        var settings = new LinkedHashMap<String, @Nullable Object>();
        settings.put("model", "evalfleet");
        settings.put("model_args", Map.of("model", plan.getModel()));
        settings.put("batch_size", null);
        settings.put("batch_sizes", List.of());
        settings.put("device", null);
        settings.put("use_cache", null);
        settings.put("limit", plan.getLimit());
        settings.put("bootstrap_iters", (long) iterations);
        settings.put("gen_kwargs", null);
        settings.put("random_seed", 0L);
        settings.put("numpy_seed", 1234L);
        settings.put("torch_seed", 1234L);
        settings.put("fewshot_seed", plan.getFewshotSeed());
        return settings;
    }

    /// SHA-256 of a text; null where there is none.
    static @Nullable String hash(@Nullable String text) {
        return text == null || text.isEmpty() ? null : HarnessSample.hash(text);
    }
}
