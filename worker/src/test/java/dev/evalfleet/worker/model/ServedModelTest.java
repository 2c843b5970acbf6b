package dev.evalfleet.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServedModelTest {

    private static final Completion ANSWER =
            new Completion.Answered(List.of(), 3, 5, Duration.ofMillis(20), Duration.ofMillis(4), "http://a/v1");
    private static final Completion BROKEN = new Completion.Broken("server_error", "500 from somewhere");
    private static final Completion DOWN = new Completion.Unavailable("no connection");

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Told backend = new Told();
    private final Cancellation cancellation = new Cancellation();
    private final ServedModel model = new ServedModel(
            "w1",
            "m",
            backend,
            4,
            new RetrySettings(
                    4, Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofMillis(8), Duration.ofMillis(20), 1),
            meters);

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aCallWaitsForTheFirstProbe() throws Exception {
        backend.problem = "still loading";
        model.start();
        CompletableFuture<Asked> asked = askInBackground();
        await().until(() -> "still loading".equals(model.unavailable()));
        assertThat(asked).isNotDone();

        backend.problem = null;
        assertThat(asked.get()).isInstanceOf(Asked.Answered.class);
        assertThat(model.unavailable()).isNull();
    }

    @Test
    void anAnswerIsCounted() throws Exception {
        assertThat(ask(ANSWER)).isEqualTo(new Asked.Answered((Completion.Answered) ANSWER, 1));

        assertThat(meters.get("llm.requests")
                        .tags("model", "m", "endpoint", "http://a/v1", "status", "ok")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("llm.tokens.generated").counter().count()).isEqualTo(5);
        assertThat(meters.get("llm.time.to.first.token").timer().count()).isEqualTo(1);
    }

    @Test
    void aBrokenCallIsMadeAgain() throws Exception {
        assertThat(ask(BROKEN, ANSWER)).isEqualTo(new Asked.Answered((Completion.Answered) ANSWER, 2));
        assertThat(meters.get("llm.retries").tag("status", "error").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aSampleWhoseCallsAllBreakWhileTheModelAnswersProbesFails() throws Exception {
        Asked asked = ask(BROKEN, BROKEN, BROKEN, BROKEN, ANSWER);

        assertThat(asked).isInstanceOfSatisfying(Asked.Failed.class, failed -> {
            assertThat(failed.failure().getKind()).isEqualTo(FailureKind.INFRASTRUCTURE);
            assertThat(failed.failure().getCode()).isEqualTo("server_error");
            assertThat(failed.failure().getCause())
                    .contains("500 from somewhere")
                    .contains("4 attempts");
        });
    }

    @Test
    void lastingErrorsOpenTheCircuitAndSpendNoMoreAttempts() throws Exception {
        model.start();
        await().until(model::everAvailable);
        backend.problem = "500 from somewhere";
        backend.say(BROKEN, BROKEN, BROKEN);
        CompletableFuture<Asked> asked = askInBackground();
        await().until(() -> model.unavailable() != null);
        await().untilAsserted(() -> assertThat(model.unavailable()).isEqualTo("500 from somewhere"));
        assertThat(meters.get("llm.circuit.open").gauge().value()).isEqualTo(1);
        assertThat(asked).isNotDone();

        backend.problem = null;
        assertThat(asked.get()).isInstanceOf(Asked.Answered.class);
        assertThat(meters.get("llm.circuit.open").gauge().value()).isZero();
    }

    @Test
    void anUnavailableModelSpendsNoAttempts() throws Exception {
        assertThat(ask(DOWN, DOWN, DOWN, DOWN, DOWN, DOWN, ANSWER)).isInstanceOf(Asked.Answered.class);
    }

    @Test
    void throttlingSpendsNoAttempts() throws Exception {
        Completion later = new Completion.Throttled(null);
        Completion soon = new Completion.Throttled(Duration.ofMillis(20));

        assertThat(ask(later, soon, later, soon, later, soon, ANSWER)).isInstanceOf(Asked.Answered.class);
    }

    @Test
    void aRefusalIsFinalAndTheModels() throws Exception {
        assertThat(ask(new Completion.Refused("context_length", "too long"), ANSWER))
                .isInstanceOfSatisfying(Asked.Failed.class, failed -> {
                    assertThat(failed.failure().getKind()).isEqualTo(FailureKind.MODEL);
                    assertThat(failed.failure().getCode()).isEqualTo("context_length");
                    assertThat(failed.attempts()).isEqualTo(1);
                });
    }

    @Test
    void whatTheServerCannotDoIsFinalAndNotTheModels() throws Exception {
        assertThat(ask(new Completion.Unsupported("no echo"), ANSWER))
                .isInstanceOfSatisfying(
                        Asked.Failed.class,
                        failed -> assertThat(failed.failure().getKind()).isEqualTo(FailureKind.INFRASTRUCTURE));
    }

    @Test
    void aCallThatHangsIsGivenUpAndMadeAgain() throws Exception {
        model.start();
        backend.hang = true;
        CompletableFuture<Asked> asked = askInBackground();
        await().until(() -> meters.find("llm.retries").tag("status", "timeout").counter() != null);

        backend.hang = false;
        assertThat(asked.get()).isInstanceOf(Asked.Answered.class);
    }

    @Test
    void callsThatHangOpenTheCircuitAndTheSampleFailsAfterItsAttempts() throws Exception {
        model.start();
        await().until(model::everAvailable);
        backend.hang = true;
        backend.problem = "hangs";
        CompletableFuture<Asked> asked = askInBackground();
        await().untilAsserted(() -> assertThat(model.unavailable()).isEqualTo("hangs"));
        assertThat(asked).isNotDone();

        backend.problem = null;
        assertThat(asked.get()).isInstanceOfSatisfying(Asked.Failed.class, failed -> assertThat(
                        failed.failure().getCause())
                .isEqualTo("no answer within 300 ms (4 attempts)"));
    }

    @Test
    void oneInferenceTakesNoLongerThanItsDeadlineWithAllAttempts() throws Exception {
        try (ServedModel impatient = new ServedModel(
                "w1",
                "impatient",
                backend,
                4,
                new RetrySettings(
                        100,
                        Duration.ofMillis(80),
                        Duration.ofMillis(120),
                        Duration.ofMillis(1),
                        Duration.ofMillis(1),
                        1),
                meters)) {
            impatient.start();
            backend.hang = true;

            Asked asked = impatient.ask((told, attempt) -> told.rollingLogLikelihood("", attempt), cancellation);

            assertThat(asked).isInstanceOfSatisfying(Asked.Failed.class, failed -> assertThat(failed.attempts())
                    .isEqualTo(2));
        }
    }

    @Test
    void aMistakeOfOursIsAFailureNotACrash() throws Exception {
        model.start();
        Asked asked = model.ask(
                (_, _) -> {
                    throw new IllegalStateException("bug");
                },
                cancellation);

        assertThat(asked).isInstanceOfSatisfying(Asked.Failed.class, failed -> assertThat(
                        failed.failure().getCode())
                .isEqualTo("internal"));
    }

    @Test
    void aCancelledCallIsGivenUp() throws Exception {
        model.start();
        backend.hang = true;
        CompletableFuture<Asked> asked = askInBackground();
        await().until(() -> backend.calls.get() > 0);

        cancellation.request();
        assertThat(asked.get()).isEqualTo(new Asked.GivenUp());
    }

    @Test
    void whenItAdmitsNoMoreWaitingCallsAreGivenUp() throws Exception {
        backend.problem = "down";
        model.start();
        CompletableFuture<Asked> asked = askInBackground();

        model.admitNoMore();
        assertThat(asked.get()).isEqualTo(new Asked.GivenUp());
    }

    @Test
    void retriesAreAShareOfAllCallsAndNeverStopAltogether() throws Exception {
        AtomicLong now = new AtomicLong();
        RetryBudget budget = new RetryBudget(0.2, now::get);
        int saved = 0;
        while (budget.trySpend()) {
            saved++;
        }
        assertThat(saved).isEqualTo(50);

        for (int i = 0; i < 11; i++) {
            budget.called();
        }
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isFalse();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(budget.trySpend()).isTrue();
    }

    private Asked ask(Completion... completions) throws InterruptedException {
        model.start();
        backend.say(completions);
        return askNow();
    }

    private Asked askNow() throws InterruptedException {
        return model.ask((asked, attempt) -> asked.rollingLogLikelihood("text", attempt), cancellation);
    }

    private CompletableFuture<Asked> askInBackground() {
        CompletableFuture<Asked> asked = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                asked.complete(askNow());
            } catch (InterruptedException e) {
                asked.completeExceptionally(e);
            }
        });
        return asked;
    }

    /// Answers what it was told, then well.
    private static final class Told implements Backend {
        private final Deque<Completion> completions = new ArrayDeque<>();
        private volatile @Nullable String problem;
        private volatile boolean hang;
        private final AtomicInteger calls = new AtomicInteger();

        void say(Completion... next) {
            completions.addAll(List.of(next));
        }

        @Override
        public Completion rollingLogLikelihood(String text, Cancellation cancellation) {
            calls.incrementAndGet();
            try {
                if (hang && cancellation.await(Duration.ofMinutes(1))) {
                    return new Completion.Cancelled();
                }
            } catch (InterruptedException e) {
                return new Completion.Cancelled();
            }
            Completion next = completions.poll();
            return next == null ? ANSWER : next;
        }

        @Override
        public Completion generate(Generation request, Cancellation cancellation) {
            return rollingLogLikelihood("", cancellation);
        }

        @Override
        public Completion logLikelihoods(List<Question> questions, Cancellation cancellation) {
            return rollingLogLikelihood("", cancellation);
        }

        @Override
        public void probe() throws BackendException {
            if (problem != null) {
                throw new BackendException(problem);
            }
        }

        @Override
        public String endpoint() {
            return "told";
        }

        @Override
        public void close() {}
    }
}
