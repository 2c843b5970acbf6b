package dev.evalfleet.loadtest.check;

import dev.evalfleet.loadtest.history.At;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.schemas.avro.RunState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// Whether what is said of a request is the sum of its runs.
final class RequestCheck {
    private static final Map<String, ToLongFunction<RunState>> COUNTS = Map.of(
            "expected", RunState::getExpected,
            "scored", RunState::getScored,
            "failedModel", RunState::getFailedModel,
            "failedInfrastructure", RunState::getFailedInfrastructure,
            "cancelled", RunState::getCancelled);

    private RequestCheck() {}

    static List<Finding> of(Collection<RunHistory> runs, History history) {
        Map<String, List<RunHistory>> byRequest = new LinkedHashMap<>();
        runs.forEach(run -> byRequest
                .computeIfAbsent(run.plan().getRequestId(), _ -> new ArrayList<>())
                .add(run));
        List<Finding> findings = new ArrayList<>();
        byRequest.forEach((requestId, ofRequest) -> {
            List<RunState> states = history.states().stream()
                    .map(At::value)
                    .filter(state -> state.getId().equals(requestId))
                    .toList();
            findings.addAll(StateCheck.of(requestId, states));
            if (states.isEmpty() || !RunHistory.isTerminal(states.getLast().getStatus())) {
                findings.add(Finding.wrong(requestId, "the request has not ended"));
            } else if (ofRequest.stream().allMatch(run -> run.end().isPresent())) {
                sums(requestId, states.getLast(), ofRequest, findings);
            }
        });
        return findings;
    }

    private static void sums(String requestId, RunState request, List<RunHistory> runs, List<Finding> findings) {
        COUNTS.forEach((name, count) -> {
            long sum = runs.stream()
                    .map(run -> run.end().orElseThrow())
                    .mapToLong(count)
                    .sum();
            if (count.applyAsLong(request) != sum) {
                findings.add(Finding.wrong(
                        requestId,
                        "%s is %d, that of its runs is %d".formatted(name, count.applyAsLong(request), sum)));
            }
        });
    }
}
