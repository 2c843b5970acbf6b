package dev.evalfleet.local.dispatch;

import dev.evalfleet.producer.dispatch.RunSamples;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// The neighbours of a dispatcher: who plans runs, who works on pool `p`, who reads the cursors.
final class DispatchedRun implements AutoCloseable {
    private final Fleet fleet;
    private final Producer<String, byte[]> producer;
    private final TopicFollower cursors;
    private final Map<String, DispatchCursor> latest = new ConcurrentHashMap<>();
    private final List<Sample> received = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean working;
    private @Nullable Thread worker;

    DispatchedRun(Fleet fleet) {
        this.fleet = fleet;
        Topics topics = fleet.topics();
        fleet.ensure(List.of(topics.plans(), topics.dispatch(), topics.control(), topics.runs()));
        producer = fleet.kafka().producer(Map.of());
        cursors = new TopicFollower(fleet, "cursors").on(topics.dispatch(), at -> {
            if (at.value() != null) {
                latest.put(at.key(), at.value());
            }
        });
        cursors.start();
    }

    static RunPlan plan(String runId, long samples) {
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId(Ids.parts(runId).getFirst())
                .setRunId(runId)
                .setTask("task")
                .setModel("m")
                .setPool("p")
                .setExpectedSamples(samples)
                .setPlannedAt(Instant.now())
                .build();
    }

    static RunSamples samples(RunPlan plan) {
        return new RunSamples() {
            @Override
            public RunPlan plan() {
                return plan;
            }

            @Override
            public Sample at(long position) {
                return sample(plan, position);
            }

            @Override
            public void close() {}
        };
    }

    <V> void publish(Topic<V> topic, String key, V value) {
        try {
            producer.send(fleet.record(topic, key, value)).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("could not publish " + key, e);
        }
    }

    void plan(RunPlan plan) {
        publish(fleet.topics().plans(), plan.getRunId(), plan);
    }

    /// The aggregator says that it has no result for these positions.
    void misses(String runId, List<Long> positions) {
        publish(
                fleet.topics().runs(),
                runId,
                RunState.newBuilder()
                        .setId(runId)
                        .setKind(StateKind.RUN)
                        .setRequestId(Ids.parts(runId).getFirst())
                        .setStatus(RunStatus.RUNNING)
                        .setMissingPositions(positions)
                        .setUsage(Usage.newBuilder().build())
                        .setUpdatedAt(Instant.now())
                        .build());
    }

    /// Begins to take samples of pool `p`, committing what it took.
    void work() {
        working = true;
        worker = Thread.ofPlatform().name("test-worker").start(() -> {
            Topic<Sample> topic = fleet.topics().samples("p");
            try (Consumer<String, byte[]> consumer =
                    fleet.kafka().consumer(fleet.topics().prefix() + "workers.p", Map.of())) {
                consumer.subscribe(List.of(topic.name()));
                while (working) {
                    for (ConsumerRecord<String, byte[]> at : consumer.poll(Duration.ofMillis(20))) {
                        received.add(fleet.decode(topic, at.value()));
                    }
                    consumer.commitSync();
                }
            }
        });
    }

    List<Sample> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    List<Long> positions(String runId) {
        return received().stream()
                .filter(sample -> sample.getRunId().equals(runId))
                .map(Sample::getPosition)
                .toList();
    }

    boolean isDone(String runId) {
        DispatchCursor cursor = latest.get(runId);
        return cursor != null && cursor.getDone();
    }

    long nextPosition(String runId) {
        DispatchCursor cursor = latest.get(runId);
        return cursor == null ? 0 : cursor.getNextPosition();
    }

    @Override
    public void close() {
        working = false;
        try {
            if (worker != null) {
                worker.join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cursors.close();
        producer.close();
    }

    private static Sample sample(RunPlan plan, long position) {
        return Sample.newBuilder()
                .setRunId(plan.getRunId())
                .setRequestId(plan.getRequestId())
                .setTask(plan.getTask())
                .setModel(plan.getModel())
                .setDocumentId("d" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setPrompt("question " + position)
                .setGeneration(GenerationParams.newBuilder().build())
                .setCreatedAt(Instant.now())
                .build();
    }
}
