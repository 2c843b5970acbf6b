package dev.evalfleet.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.inference.Question;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CircuitTest {
    private final Probed backend = new Probed();
    private final Circuit circuit = new Circuit("m", backend, Duration.ofMillis(2), Duration.ofMillis(10));

    @AfterEach
    void close() {
        backend.hang.countDown();
        circuit.close();
    }

    @Test
    void aProbeThatHangsDoesNotHoldBackTheNext() {
        available();
        backend.hanging = 2;
        circuit.unavailable("no connection");

        await().until(() -> circuit.openReason() == null);
        assertThat(backend.hang.getCount()).isEqualTo(1); // the first two still hang
    }

    @Test
    void whatAHangingProbeFoundLongAgoDoesNotOpenItAgain() {
        available();
        backend.hanging = 1;
        circuit.unavailable("no connection");
        await().until(() -> circuit.openReason() == null);

        backend.hang.countDown();
        await().until(() -> backend.failed.get() == 1);

        assertThat(circuit.openReason()).isNull();
    }

    @Test
    void aCallThatIsAnsweredClosesIt() {
        available();
        backend.hanging = Integer.MAX_VALUE;
        circuit.unavailable("no connection");
        assertThat(circuit.openReason()).isEqualTo("no connection");

        circuit.answered();

        assertThat(circuit.openReason()).isNull();
    }

    @Test
    void threeCallsInARowOpenItAndAnAnswerBetweenThemCountsAnew() {
        available();
        backend.hanging = Integer.MAX_VALUE;
        circuit.broken("500");
        circuit.broken("500");
        circuit.answered();
        circuit.broken("500");
        circuit.broken("500");
        assertThat(circuit.openReason()).isNull();

        circuit.broken("500");
        assertThat(circuit.openReason()).isEqualTo("3 calls in a row broke, the last one: 500");
        assertThat(circuit.broken("500")).isTrue();
    }

    private void available() {
        circuit.start();
        await().until(circuit::everProbed);
    }

    /// Answers probes, but the next few that it lets hang, and fail in the end.
    private static final class Probed implements Backend {
        private final CountDownLatch hang = new CountDownLatch(1);
        private final AtomicInteger failed = new AtomicInteger();
        private volatile int hanging;

        @Override
        public void probe() throws BackendException {
            synchronized (this) {
                if (hanging == 0) {
                    return;
                }
                hanging--;
            }
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            failed.incrementAndGet();
            throw new BackendException("it hung");
        }

        @Override
        public Completion generate(Generation request, Cancellation cancellation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Completion logLikelihoods(List<Question> questions, Cancellation cancellation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Completion rollingLogLikelihood(String text, Cancellation cancellation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String endpoint() {
            return "http://a/v1";
        }

        @Override
        public void close() {}
    }
}
