package dev.evalfleet.local.gate;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import dev.evalfleet.schemas.avro.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Topics of a fleet written by hand, and the command called on them.
@SuppressWarnings("FutureReturnValueIgnored") // what was not sent is not found by the test
final class WrittenRuns implements AutoCloseable {

    private final Fleet fleet;
    private final Producer<String, byte[]> producer;
    private final String config;
    private final Instant now = Instant.now();

    WrittenRuns(SharedBroker broker, Path folder) throws IOException {
        fleet = broker.fleet();
        fleet.ensure(fleet.topics().all());
        producer = fleet.kafka().producer(Map.of());
        String settings = "kafka: {bootstrap-servers: \"%s\"}\nregistry: {urls: [\"%s\"]}\ntopics: {prefix: %s}\n"
                .formatted(
                        broker.bootstrapServers(),
                        broker.registryUrl(),
                        fleet.topics().prefix());
        config = Files.writeString(folder.resolve("fleet.yaml"), settings).toString();
    }

    Fleet fleet() {
        return fleet;
    }

    CommandRun call(String... arguments) {
        producer.flush();
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--config";
        all[arguments.length + 1] = config;
        return CommandRun.of(all);
    }

    /// A request of one task with a run for each model.
    void request(String id, RunStatus status, @Nullable Gates gates, @Nullable Verdict verdict, String... models) {
        List<String> runs = Arrays.stream(models)
                .map(model -> Ids.runId(id, "sub", model, null))
                .toList();
        for (String model : models) {
            plan(id, model, gates, runs);
            state(Ids.runId(id, "sub", model, null), StateKind.RUN, id, status, verdict, List.of(), "data");
        }
        state(id, StateKind.REQUEST, id, status, verdict, runs, "");
    }

    private void plan(String request, String model, @Nullable Gates gates, List<String> runs) {
        String runId = Ids.runId(request, "sub", model, null);
        RunPlan plan = RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId(request)
                .setRunId(runId)
                .setTask("sub")
                .setModel(model)
                .setRequestRuns(runs)
                .setExpectedSamples(4)
                .setGates(gates)
                .setMetrics(List.of(MetricPlan.newBuilder()
                        .setMetric("exact_match")
                        .setFilter("none")
                        .setLower(0.0)
                        .setUpper(1.0)
                        .setFailureValue(0.0)
                        .build()))
                .setPlannedAt(now)
                .build();
        producer.send(fleet.record(fleet.topics().plans(), runId, plan));
    }

    void state(
            String id,
            StateKind kind,
            String request,
            RunStatus status,
            @Nullable Verdict verdict,
            List<String> runs,
            String dataset) {
        RunState state = RunState.newBuilder()
                .setId(id)
                .setKind(kind)
                .setRequestId(request)
                .setStatus(status)
                .setTask("sub")
                .setExpected(4)
                .setScored(4)
                .setRuns(runs)
                .setVerdict(verdict)
                .setDatasetFingerprint(dataset)
                .setUsage(Usage.newBuilder().build())
                .setPlannedAt(now)
                .setFirstResultAt(now)
                .setLastResultAt(now)
                .setFinishedAt(now)
                .setUpdatedAt(now)
                .build();
        producer.send(fleet.record(fleet.topics().runs(), id, state));
    }

    /// One result for each score, on documents d0, d1 and so on; every other one in the slice kind=odd.
    void results(String request, String model, double... scores) {
        for (int i = 0; i < scores.length; i++) {
            SampleResult result = SampleResult.newBuilder()
                    .setRunId(Ids.runId(request, "sub", model, null))
                    .setRequestId(request)
                    .setTask("sub")
                    .setModel(model)
                    .setDocumentId("d" + i)
                    .setDocIndex(i)
                    .setPosition(i)
                    .setPairGroup("")
                    .setDatasetFingerprint("data")
                    .setRequestType(RequestType.GENERATE_UNTIL)
                    .setStatus(SampleStatus.SCORED)
                    .setSlices(i % 2 == 1 ? List.of("kind=odd") : List.of())
                    .setPrompt("question " + i)
                    .setOutputs(List.of(Output.newBuilder()
                            .setText(model + " says " + scores[i])
                            .build()))
                    .setScores(List.of(Score.newBuilder()
                            .setMetric("exact_match")
                            .setFilter("none")
                            .setValue(scores[i])
                            .build()))
                    .setCompletedAt(now)
                    .build();
            producer.send(fleet.record(fleet.topics().results(), Ids.resultKey("data", "d" + i), result));
        }
    }

    @Override
    public void close() {
        producer.close();
        fleet.close();
    }
}
