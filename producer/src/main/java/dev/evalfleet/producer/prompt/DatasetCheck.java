package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.dataset.Spool;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.task.DocField;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.template.TemplateException;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RequestType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Goes through every document before a run is accepted: whether it has what the templates need, and what else is
/// wrong with it. Each finding names the line of the document; of one kind the first few are told and the rest counted.
public final class DatasetCheck {
    private static final int TOLD = 3;
    private static final int MOST_CLUSTERS = 10_000;

    private final TaskDefinition task;
    private final Spool documents;
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private final Map<String, Long> sliceSizes = new TreeMap<>();
    private final Map<String, Long> clusterSizes = new TreeMap<>();
    private final FirstRows firstRows = new FirstRows();

    private static final class Finding {
        final boolean refused;
        final List<Problem> told = new ArrayList<>();
        long count;

        Finding(boolean refused) {
            this.refused = refused;
        }
    }

    /// @param sliceSizes number of documents of each slice
    /// @param clusterSizes number of documents of each cluster; empty without clusters, or where there are too many
    public record Report(
            List<Problem> problems,
            List<Problem> warnings,
            Map<String, Long> sliceSizes,
            Map<String, Long> clusterSizes) {}

    private DatasetCheck(TaskDefinition task, Spool documents) {
        this.task = task;
        this.documents = documents;
    }

    /// @param limited whether only some of the documents are looked at, so that their number says nothing
    public static Report of(TaskDefinition task, Spool documents, boolean limited) {
        var check = new DatasetCheck(task, documents);
        check.count(limited);
        Set<String> needed = check.neededColumns();
        if (check.findings.isEmpty()) {
            for (int row = 0; row < documents.size(); row++) {
                check.document(row, needed);
            }
        }
        return check.report();
    }

    private void count(boolean limited) {
        if (documents.size() == 0) {
            finding("empty", true, task.dataset().where(), "the dataset has no documents");
        }
        Long expected = task.rules().rows();
        if (expected != null && !limited && expected != documents.size()) {
            finding(
                    "rows",
                    true,
                    task.dataset().where(),
                    "the dataset has " + documents.size() + " documents, the task expects " + expected
                            + " (metadata.dataset_check.rows)");
        }
    }

    private Set<String> neededColumns() {
        var needed = new LinkedHashSet<String>();
        Stream.of(task.question(), task.target(), task.choices())
                .filter(Objects::nonNull)
                .forEach(field -> {
                    Set<String> columns = field.neededColumns(documents.columns());
                    refuseUnknown(field, columns);
                    needed.addAll(columns);
                });
        Stream.concat(task.slices().stream(), Stream.ofNullable(task.cluster()))
                .filter(column -> documents.size() > 0 && !documents.columns().contains(column))
                .forEach(column -> finding(
                        "column " + column,
                        true,
                        task.where("metadata"),
                        "slices and cluster name columns, and there is no column \"" + column + "\"; there are "
                                + columns()));
        return needed;
    }

    private void refuseUnknown(DocField field, Set<String> columns) {
        for (String column : columns) {
            if (documents.size() > 0 && !documents.columns().contains(column)) {
                finding(
                        "column " + column,
                        true,
                        field.where(),
                        "uses \"" + column + "\", which the documents do not have; their columns are " + columns());
            }
        }
    }

    private String columns() {
        return String.join(", ", documents.columns());
    }

    private void document(int row, Set<String> needed) {
        Map<String, @Nullable Object> document = documents.at(row);
        for (String column : needed) {
            if (document.get(column) == null && !task.rules().allowNull()) {
                finding(
                        "null " + column,
                        true,
                        documents.where(row),
                        "\"" + column
                                + "\" is null, and the task's template prints it; fill it in, drop the document, or"
                                + " guard it in the template");
                return;
            }
        }
        try {
            Asked asked = Asked.of(document, task.question(), task.target(), task.choices());
            task.description().of(document);
            rendered(row, asked);
            SampleRenderer.slices(task, document).forEach(slice -> sliceSizes.merge(slice, 1L, Long::sum));
            String cluster = SampleRenderer.cluster(task, document);
            if (cluster != null && clusterSizes.size() <= MOST_CLUSTERS) {
                clusterSizes.merge(cluster, 1L, Long::sum);
            }
        } catch (TemplateException e) {
            finding("template", true, documents.where(row), String.valueOf(e.getMessage()));
        }
    }

    private void rendered(int row, Asked asked) {
        String question = asked.question() == null ? String.join("\n", asked.choices()) : asked.question();
        if (Strings.strip(question).isEmpty() && task.requestType() != RequestType.LOGLIKELIHOOD_ROLLING) {
            finding("blank", task.rules().refuseEmpty(), documents.where(row), "the question is empty");
        }
        if (task.requestType() == RequestType.MULTIPLE_CHOICE) {
            if (asked.choices().isEmpty()) {
                finding("choices", true, documents.where(row), "there are no choices");
            } else if (asked.gold(true).isEmpty()) {
                finding(
                        "gold",
                        false,
                        documents.where(row),
                        "the answer " + Python.repr(asked.target()) + " is none of the "
                                + asked.choices().size() + " choices; the document counts as wrong");
            }
        } else if (asked.references(true).isEmpty()) {
            finding("target", true, documents.where(row), "the list of answers is empty");
        }
        length(row, question);
        int first = firstRows.firstRowOf(question + '\u0000' + asked.target() + '\u0000' + asked.choices(), row);
        if (first != row) {
            finding(
                    "duplicate",
                    task.rules().refuseDuplicates(),
                    documents.where(row),
                    "the same question and answer as " + documents.where(first));
        }
    }

    private void length(int row, String question) {
        long length = Python.length(question);
        Long least = task.rules().minLength();
        Long most = task.rules().maxLength();
        if ((least != null && length < least) || (most != null && length > most)) {
            finding(
                    "length",
                    true,
                    documents.where(row),
                    "the question has " + length + " characters; metadata.dataset_check allows "
                            + (least == null ? 0 : least) + " to " + (most == null ? "any number" : most));
        }
    }

    private void finding(String kind, boolean refused, String where, String message) {
        Finding finding = findings.computeIfAbsent(kind, _ -> new Finding(refused));
        finding.count++;
        if (finding.told.size() < TOLD) {
            finding.told.add(Problems.of(where, task.name() + ": " + message));
        }
    }

    private Report report() {
        var problems = new ArrayList<Problem>();
        var warnings = new ArrayList<Problem>();
        findings.forEach((kind, finding) -> {
            List<Problem> into = finding.refused ? problems : warnings;
            into.addAll(finding.told);
            if (finding.count > TOLD) {
                Problem last = finding.told.getLast();
                into.add(Problems.of(
                        last.getWhere(),
                        task.name() + ": and " + (finding.count - TOLD) + " more documents like this (" + kind + ")"));
            }
        });
        return new Report(
                problems, warnings, sliceSizes, clusterSizes.size() > MOST_CLUSTERS ? Map.of() : clusterSizes);
    }
}
