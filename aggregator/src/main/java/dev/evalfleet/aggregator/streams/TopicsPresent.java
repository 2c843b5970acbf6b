package dev.evalfleet.aggregator.streams;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits until topics are there, and checks that they are what the code expects.
public final class TopicsPresent {
    private static final Logger LOG = LoggerFactory.getLogger(TopicsPresent.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Fleet fleet;
    private final List<Topic<?>> needed;
    private volatile String waitingFor = "starting";

    public TopicsPresent(Fleet fleet, List<Topic<?>> needed) {
        this.fleet = fleet;
        this.needed = List.copyOf(needed);
    }

    public String waitingFor() {
        return waitingFor;
    }

    /// @throws dev.evalfleet.runtime.OperatorException when a topic differs where it matters
    public void await() throws InterruptedException {
        try (Admin admin = fleet.kafka().admin()) {
            List<String> missing = missing(admin);
            if (!missing.isEmpty()) {
                LOG.info("waiting for topics={}, which the producer creates", missing);
            }
            while (!missing.isEmpty()) {
                waitingFor = "topics " + missing;
                Thread.sleep(PAUSE);
                missing = missing(admin);
            }
        }
        waitingFor = "the check of the topics";
        fleet.ensure(needed);
    }

    private List<String> missing(Admin admin) throws InterruptedException {
        List<String> names = needed.stream().<String>map(Topic::name).toList();
        try {
            Set<String> existing = admin.listTopics().names().get();
            return names.stream().filter(name -> !existing.contains(name)).toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return names;
            }
            throw new IllegalStateException("cannot list topics", e.getCause());
        }
    }
}
