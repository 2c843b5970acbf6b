package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.gate.Comparison;
import dev.evalfleet.producer.gate.GateCheck;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RequestLimits;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with a request before any task is looked at.
final class RequestCheck {
    private static final int MOST_NAMES = 2_000;
    private static final int LONGEST_NAME = 1_000;

    private final EvalRequest request;
    private final PoolCatalogue pools;
    private final Problems problems;

    private RequestCheck(EvalRequest request, PoolCatalogue pools, Problems problems) {
        this.request = request;
        this.pools = pools;
        this.problems = problems;
    }

    static void check(EvalRequest request, PoolCatalogue pools, Problems problems) {
        var check = new RequestCheck(request, pools, problems);
        if (check.isTooLarge()) {
            return; // what it says is not looked at
        }
        check.names();
        check.models();
        check.baseline();
        check.numbers();
        if (request.getGates() != null) {
            GateCheck.checkNumbers(request.getGates(), Comparison.isMade(request), problems);
        }
        if (request.getLimits() != null) {
            check.limits(request.getLimits());
        }
    }

    private boolean isTooLarge() {
        int before = problems.count();
        atMost("tasks", request.getTasks());
        atMost("models", request.getModels());
        atMost("inlineTasks", request.getInlineTasks().keySet());
        atMost(
                "variants",
                request.getVariants().stream().map(variant -> variant.getName()).toList());
        return problems.count() > before;
    }

    private void atMost(String field, Collection<String> names) {
        if (names.size() > MOST_NAMES) {
            problem(field, "has " + names.size() + " entries; at most " + MOST_NAMES + " are looked at");
        }
        names.stream()
                .filter(name -> name.length() > LONGEST_NAME)
                .findFirst()
                .ifPresent(name -> problem(
                        field,
                        "one name has " + name.length() + " characters; at most " + LONGEST_NAME + " are looked at: \""
                                + name.substring(0, 60) + "...\""));
    }

    private void names() {
        if (!Ids.isRequestId(request.getRequestId())) {
            problem(
                    "requestId",
                    "must be 1 to 128 letters, digits, '.', '_' or '-', but is \"" + request.getRequestId() + "\"");
        }
        if (request.getTasks().isEmpty()) {
            problem("tasks", "is empty: name at least one task, group or tag");
        }
        if (request.getModels().isEmpty()) {
            problem("models", "is empty: name at least one model");
        }
        refuseTwice("models", request.getModels());
        refuseTwice(
                "variants",
                request.getVariants().stream().map(variant -> variant.getName()).toList());
        if (request.getVariants().stream().anyMatch(variant -> variant.getName().isBlank())) {
            problem("variants", "every variant needs a name");
        }
    }

    private void refuseTwice(String field, List<String> names) {
        Set<String> seen = new HashSet<>();
        names.stream()
                .filter(name -> !seen.add(name))
                .distinct()
                .forEach(name -> problem(field, "\"" + name + "\" is there twice"));
    }

    private void models() {
        request.getModels().forEach(model -> model("models", model));
    }

    private void model(String field, String model) {
        if (pools.poolOf(model).isEmpty()) {
            problem(
                    field,
                    "no pool serves the model \"" + model + "\"; the catalogue has "
                            + (pools.models().isEmpty() ? "no models" : String.join(", ", pools.models()))
                            + NearestName.hint(model, pools.models()));
        }
    }

    private void baseline() {
        Baseline baseline = request.getBaseline();
        if (baseline == null) {
            return;
        }
        if (Comparison.isOutside(baseline)) {
            if (baseline.getKind() == BaselineKind.NAME && !baseline.getValue().matches("[A-Za-z0-9._-]{1,100}")) {
                problem(
                        "baseline",
                        "a baseline's name is 1 to 100 letters, digits, '.', '_' or '-', but this is \""
                                + baseline.getValue() + "\"");
            }
            return;
        }
        if (!request.getModels().contains(baseline.getValue())) {
            model("baseline", baseline.getValue());
        } else if (request.getModels().size() == 1 && request.getVariants().size() < 2) {
            problem(
                    "baseline",
                    "\"" + baseline.getValue() + "\" is the only model: there is nothing to compare it with");
        }
    }

    private void numbers() {
        Double limit = request.getLimit();
        if (limit != null && !(limit > 0 && limit <= 1e9)) {
            problem("limit", "must be above 0 (below 1 it is a share of the documents), but is " + limit);
        }
        Integer shots = request.getNumFewshot();
        if (shots != null && (shots < 0 || shots > 10_000)) {
            problem("numFewshot", "must be 0 to 10000, but is " + shots);
        }
        Integer repeats = request.getRepeats();
        if (repeats != null && (repeats < 1 || repeats > 10_000)) {
            problem("repeats", "must be 1 to 10000, but is " + repeats);
        }
        if (request.getPriority() < 1 || request.getPriority() > 100) {
            problem("priority", "must be 1 to 100, but is " + request.getPriority());
        }
    }

    private void limits(RequestLimits limits) {
        if (limits.getMaxCost() != null && !(limits.getMaxCost() > 0)) {
            problem("limits.maxCost", "must be positive, but is " + limits.getMaxCost());
        }
        if (limits.getMaxCost() != null) {
            request.getModels().forEach(this::priced);
        }
        if (limits.getMaxTokens() != null && limits.getMaxTokens() < 1) {
            problem("limits.maxTokens", "must be at least 1, but is " + limits.getMaxTokens());
        }
        if (limits.getMaxWallTimeMs() != null && limits.getMaxWallTimeMs() < 1) {
            problem("limits.maxWallTimeMs", "must be at least 1, but is " + limits.getMaxWallTimeMs());
        }
    }

    // A limit that can never be reached would be taken for one.
    private void priced(String model) {
        pools.poolOf(model)
                .filter(pool -> !pool.prices().of(model).isKnown())
                .ifPresent(pool -> problem(
                        "limits.maxCost",
                        "cannot be kept: pool \"" + pool.name() + "\" of model \"" + model
                                + "\" has no price; set its prompt-token-price or output-token-price"
                                + " (per million tokens), or limit tokens instead"));
    }

    private void problem(String field, String message) {
        problems.add("request " + field, message);
    }
}
