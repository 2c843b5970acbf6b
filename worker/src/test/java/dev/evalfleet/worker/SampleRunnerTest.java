package dev.evalfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.scripted.ScriptedSettings;
import dev.evalfleet.worker.model.RetrySettings;
import dev.evalfleet.worker.model.ServedModel;
import dev.evalfleet.worker.result.ResultPublisher;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SampleRunnerTest {

    private final Fleet fleet = new Fleet(
            KafkaConfig.of("nowhere:1"), new InMemorySchemaRegistry(), Topics.standard(), new SimpleMeterRegistry());
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private final CancelledRuns cancelledRuns = new CancelledRuns();
    private final List<String> deadLetters = new ArrayList<>();
    private final Cancellation handedBack = new Cancellation();
    private ServedModel model = scripted(ScriptedSettings.perfect("model"));

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aSampleBecomesAScoredResultWithItsOrigin() throws Exception {
        assertThat(finish(Samples.generation("d1", "42").build())).isTrue();

        SampleResult result = result();
        assertThat(result.getStatus()).isEqualTo(SampleStatus.SCORED);
        assertThat(result.getScores().getFirst().getValue()).isEqualTo(1.0);
        assertThat(result.getOutputs().getFirst().getText()).isEqualTo("42");
        assertThat(result.getOrigin()).isEqualTo("evalfleet.samples.pool-3@7");
        assertThat(result.getWorker()).isEqualTo("w1");
        assertThat(result.getAttempts()).isEqualTo(1);
        assertThat(producer.history().getFirst().key()).isEqualTo("fingerprint:d1");
    }

    @Test
    void everyRepeatIsAnOutput() throws Exception {
        finish(Samples.generation("d1", "42").setRepeats(3).build());

        assertThat(result().getOutputs()).hasSize(3);
        assertThat(result().getAttempts()).isEqualTo(1);
    }

    @Test
    void choicesAreAskedAndScored() throws Exception {
        finish(Samples.multipleChoice("d1", 1, "a", "b", "c").build());

        assertThat(result().getOutputs()).hasSize(3);
        assertThat(result().getScores().getFirst().getValue()).isEqualTo(1.0);
    }

    @Test
    void whatCannotBeDecodedIsDeadLetteredWithItsOriginAndTheLoopGoesOn() throws Exception {
        assertThat(finish("garbage".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(finishTombstone()).isTrue();

        assertThat(deadLetters).hasSize(2);
        assertThat(deadLetters.getFirst()).contains("evalfleet.samples.pool-3@7");
        assertThat(deadLetters.getLast()).contains("tombstone");
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void aRefusedSampleFailsAndTheModelIsToBlame() throws Exception {
        use(failing("refused"));
        finish(Samples.generation("d1", "42").build());

        assertThat(result().getStatus()).isEqualTo(SampleStatus.FAILED);
        assertThat(result().getFailure().getKind()).isEqualTo(FailureKind.MODEL);
        assertThat(result().getScores()).isEmpty();
    }

    @Test
    void aSampleWhoseCallsKeepBreakingFailsAndTheMachineryIsToBlame() throws Exception {
        use(failing("timed-out"));
        finish(Samples.generation("d1", "42").build());

        assertThat(result().getFailure().getKind()).isEqualTo(FailureKind.INFRASTRUCTURE);
        assertThat(result().getFailure().getCode()).isEqualTo("timeout");
        assertThat(result().getAttempts()).isEqualTo(3);
    }

    @Test
    void aSampleThatCannotBeScoredKeepsItsOutputsAndSaysWhy() throws Exception {
        finish(Samples.generation("d1", "42")
                .setMetrics(List.of(new SampleMetric("vibes", "{}")))
                .build());

        assertThat(result().getFailure().getCode()).isEqualTo("unknown_metric");
        assertThat(result().getOutputs()).hasSize(1);
    }

    @Test
    void choicesWithoutContinuationsFailAsABadSample() throws Exception {
        finish(Samples.multipleChoice("d1", 0, "a").setContinuations(List.of()).build());

        assertThat(result().getFailure().getCode()).isEqualTo("bad_sample");
    }

    @Test
    void captureDecidesWhatTextTheResultHolds() throws Exception {
        finish(Samples.generation("d1", "42").setCapture(Capture.HASH).build());
        SampleResult hashed = result();
        assertThat(hashed.getOutputs().getFirst().getText()).isNull();
        assertThat(hashed.getOutputs().getFirst().getTextHash()).startsWith("73475cb4");
        assertThat(hashed.getPrompt()).hasSize(64);
        assertThat(hashed.getScores().getFirst().getValue()).isEqualTo(1.0);

        finish(Samples.generation("d1", "42").setCapture(Capture.NONE).build());
        SampleResult bare = result();
        assertThat(bare.getPrompt()).isNull();
        assertThat(bare.getTargets()).isEmpty();
        assertThat(bare.getFiltered().getFirst().getValues()).isEmpty();
        assertThat(bare.getOutputs().getFirst().getTextHash()).isNull();
    }

    @Test
    void aFailureDoesNotRepeatWhatMayNotBeCaptured() throws Exception {
        FilterStep step = new FilterStep(
                "no such filter " + Samples.generation("d1", "42").build().getPrompt(), "{}");
        finish(Samples.generation("d1", "42")
                .setCapture(Capture.NONE)
                .setFilters(List.of(new FilterPipeline("f", List.of(step))))
                .build());

        assertThat(result().getFailure().getCode()).isEqualTo("unknown_filter");
        assertThat(result().getFailure().getCause()).startsWith("left out, as it repeats text");
    }

    @Test
    void samplesOfACancelledRunOrRequestAreSkipped() throws Exception {
        cancel("request/task/model");
        assertThat(finish(Samples.generation("d1", "42").build())).isTrue();
        cancelledRuns.received("request/task/model", null);
        cancel("request");
        assertThat(finish(Samples.generation("d1", "42").build())).isTrue();

        assertThat(producer.history()).isEmpty();
    }

    @Test
    void cancellingARunGivesUpItsCallsUnderWay() throws Exception {
        use(new ScriptedSettings("model", "{target}", 1, Duration.ofMinutes(1), 0, Map.of(), 0));
        CompletableFuture<Boolean> finished =
                finishInBackground(Samples.generation("d1", "42").build());

        await().until(() -> fleet.meters().get("llm.active.requests").gauge().value() == 1);
        cancel("request");
        assertThat(finished.get()).isTrue();
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void aSampleHandedBackIsNotFinished() throws Exception {
        use(new ScriptedSettings("model", "{target}", 1, Duration.ofMinutes(1), 0, Map.of(), 0));
        CompletableFuture<Boolean> finished =
                finishInBackground(Samples.generation("d1", "42").build());

        await().until(() -> fleet.meters().get("llm.active.requests").gauge().value() == 1);
        handedBack.request();
        assertThat(finished.get()).isFalse();
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void samplesForAModelThatIsNotServedWaitAndAreNamed() throws Exception {
        SampleRunner runner = runner(producer);
        CompletableFuture<Boolean> finished = inBackground(
                runner,
                record(encoded(Samples.generation("d1", "42").setModel("other").build())));

        await().until(() -> runner.unknownModels().contains("other"));
        runner.admitNoMore();
        assertThat(finished.get()).isFalse();
        assertThat(runner.unknownModels()).isEmpty();
    }

    @Test
    void aResultTooLargeForTheBrokerBecomesAFailedOneThatSaysSo() throws Exception {
        Scripted picky = new Scripted(List.of(new RecordTooLargeException("5 MB is more than 4 MB")));
        runner(picky).finish(record(encoded(Samples.generation("d1", "42").build())), handedBack);

        SampleResult result =
                fleet.decode(fleet.topics().results(), picky.history().getLast().value());
        assertThat(result.getStatus()).isEqualTo(SampleStatus.FAILED);
        assertThat(result.getFailure().getCode()).isEqualTo("result_too_large");
        assertThat(result.getFailure().getCause()).contains("5 MB is more than 4 MB");
        assertThat(result.getPrompt()).isNull();
    }

    @Test
    void aResultIsSentAgainUntilTheBrokerHasIt() throws Exception {
        Scripted recovering = new Scripted(List.of(new TimeoutException("no broker")));

        assertThat(runner(recovering)
                        .finish(record(encoded(Samples.generation("d1", "42").build())), handedBack))
                .isTrue();
        assertThat(recovering.history()).hasSize(1);
    }

    private boolean finish(Sample sample) throws InterruptedException {
        return finish(encoded(sample));
    }

    @SuppressWarnings("NullAway") // a tombstone has no value
    private boolean finishTombstone() throws InterruptedException {
        return finish((byte[]) null);
    }

    private boolean finish(byte[] value) throws InterruptedException {
        return runner(producer).finish(record(value), handedBack);
    }

    private CompletableFuture<Boolean> finishInBackground(Sample sample) {
        return inBackground(runner(producer), record(encoded(sample)));
    }

    private CompletableFuture<Boolean> inBackground(SampleRunner runner, ConsumerRecord<String, byte[]> read) {
        CompletableFuture<Boolean> finished = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                finished.complete(runner.finish(read, handedBack));
            } catch (Exception e) {
                finished.completeExceptionally(e);
            }
        });
        return finished;
    }

    private SampleRunner runner(MockProducer<String, byte[]> results) {
        return new SampleRunner(
                fleet,
                WorkerSettings.of(
                        "pool",
                        "w1",
                        List.of(new ModelSettings(
                                "model", 4, RetrySettings.DEFAULTS, ScriptedSettings.perfect("model")))),
                Map.of("model", model),
                new ResultPublisher(fleet, results),
                (origin, cause) -> deadLetters.add(
                        origin.topic() + "-" + origin.partition() + "@" + origin.offset() + " " + cause),
                cancelledRuns);
    }

    private SampleResult result() {
        return fleet.decode(
                fleet.topics().results(), producer.history().getLast().value());
    }

    private byte[] encoded(Sample sample) {
        return fleet.encode(fleet.topics().samples("pool"), sample);
    }

    private static ConsumerRecord<String, byte[]> record(byte[] value) {
        return new ConsumerRecord<>("evalfleet.samples.pool", 3, 7, "key", value);
    }

    private void cancel(String id) {
        cancelledRuns.received(
                id,
                RunControl.newBuilder()
                        .setId(id)
                        .setAction(ControlAction.CANCEL)
                        .setAt(Instant.EPOCH)
                        .build());
    }

    private void use(ScriptedSettings script) {
        model.close();
        fleet.meters().clear();
        model = scripted(script);
    }

    private static ScriptedSettings failing(String how) {
        return new ScriptedSettings("model", "{target}", 1, Duration.ZERO, 0, Map.of(how, 1.0), 0);
    }

    private ServedModel scripted(ScriptedSettings script) {
        RetrySettings impatient = new RetrySettings(
                3, Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofMillis(4), Duration.ofMillis(8), 0.2);
        ServedModel served = new ServedModel("w1", "model", script.open(), 4, impatient, fleet.meters());
        served.start();
        return served;
    }

    /// Fails the first sends as told.
    private static final class Scripted extends MockProducer<String, byte[]> {
        private final List<RuntimeException> failures;

        Scripted(List<RuntimeException> failures) {
            super(true, null, new StringSerializer(), new ByteArraySerializer());
            this.failures = new ArrayList<>(failures);
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> sent) {
            return failures.isEmpty() ? super.send(sent) : CompletableFuture.failedFuture(failures.removeFirst());
        }
    }
}
