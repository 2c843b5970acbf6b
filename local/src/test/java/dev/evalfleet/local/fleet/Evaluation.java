package dev.evalfleet.local.fleet;

import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// One request on a fleet, watched as a user would.
final class Evaluation implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final FleetClient client;
    private final String requestId;
    private final Following following;

    private Evaluation(FleetClient client, String requestId) {
        this.client = client;
        this.requestId = requestId;
        this.following = client.follow(requestId::equals);
    }

    static Evaluation of(LocalFleet fleet, String requestId) {
        return new Evaluation(FleetClient.of(fleet.fleet()), requestId);
    }

    static EvalRequest.Builder request(String requestId, List<String> tasks, List<String> models) {
        return EvalRequest.newBuilder()
                .setRequestId(requestId)
                .setTasks(tasks)
                .setModels(models)
                .setSubmittedAt(Instant.now());
    }

    Evaluation submit(EvalRequest.Builder request) {
        client.submit(request.build());
        return this;
    }

    Evaluation awaitFinished() throws InterruptedException {
        return await("finished", () -> picture().isFinished(requestId));
    }

    Evaluation awaitSomeResults() throws InterruptedException {
        return await("begun", () -> picture().runsOf(requestId).stream().anyMatch(run -> run.getScored() > 0));
    }

    private Evaluation await(String what, java.util.function.BooleanSupplier holds) throws InterruptedException {
        if (!picture().await(holds, PATIENCE)) {
            throw new AssertionError(
                    requestId + " has not " + what + " in time: " + picture().runsOf(requestId));
        }
        return this;
    }

    FleetClient client() {
        return client;
    }

    FleetPicture picture() {
        return following.picture();
    }

    List<RunState> runs() {
        return picture().runsOf(requestId);
    }

    RunStatus status() {
        return picture().state(requestId).orElseThrow().getStatus();
    }

    List<SampleResult> results() {
        List<SampleResult> results = new ArrayList<>();
        client.results().read(runs(), results::add);
        return results;
    }

    @Override
    public void close() {
        following.close();
    }
}
