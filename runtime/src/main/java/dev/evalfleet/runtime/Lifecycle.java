package dev.evalfleet.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of a process: start in order, run until told to stop or until a part ends, stop in reverse.
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final Duration LONGEST_STOP = Duration.ofMinutes(15);

    private final Deque<Service> started = new ArrayDeque<>();
    private @Nullable Throwable failure;

    private Lifecycle() {}

    /// Runs the services until SIGTERM, Ctrl-C or the end of one of them.
    ///
    /// @return the exit code: 0, or 1 when a part failed to start, to run or to stop
    public static int run(Service... inOrder) {
        CompletableFuture<Void> stop = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        Thread hook = new Thread(() -> stopAndWait(stop, stopped), "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return run(stop, List.of(inOrder));
        } finally {
            stopped.countDown();
            removeHook(hook);
        }
    }

    /// As [#run(Service...)], but stopped by a future instead of a signal.
    public static int run(CompletableFuture<Void> stop, List<Service> inOrder) {
        Lifecycle life = new Lifecycle();
        try {
            if (life.startAll(inOrder)) {
                life.awaitEnd(stop);
            }
        } finally {
            life.stopAll();
        }
        return life.failure == null ? 0 : 1;
    }

    /// Several services as one: ready when all are, ended when the first ends.
    public static Service group(String name, Service... parts) {
        return new ServiceGroup(name, List.of(parts));
    }

    private boolean startAll(List<Service> inOrder) {
        for (Service service : inOrder) {
            started.push(service); // also one that fails half way must be closed
            try {
                service.start();
                LOG.info("started service={}", service.name());
            } catch (Exception e) {
                failed(service, "start", e);
                return false;
            }
        }
        return true;
    }

    private void awaitEnd(CompletableFuture<Void> stop) {
        CompletableFuture<?>[] ends = started.stream().map(this::endOf).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.anyOf(stop, CompletableFuture.anyOf(ends))
                .handle((_, _) -> null)
                .join();
    }

    private CompletableFuture<Void> endOf(Service service) {
        return service.ended().whenComplete((_, problem) -> {
            if (problem != null) {
                failed(service, "run", problem);
            } else {
                LOG.info("ended service={}", service.name());
            }
        });
    }

    private void stopAll() {
        while (!started.isEmpty()) {
            Service service = started.pop();
            try {
                service.close();
                LOG.info("stopped service={}", service.name());
            } catch (RuntimeException e) {
                failed(service, "stop", e);
            }
        }
    }

    private synchronized void failed(Service service, String step, Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        if (failure == null) {
            failure = cause;
        }
        if (cause instanceof OperatorException) {
            LOG.error("failed service={} step={}: {}", service.name(), step, cause.getMessage());
        } else {
            LOG.error("failed service={} step={}", service.name(), step, cause);
        }
    }

    private static void stopAndWait(CompletableFuture<Void> stop, CountDownLatch stopped) {
        stop.complete(null);
        try {
            if (!stopped.await(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
                LOG.error("gave up waiting for services to stop after={}", LONGEST_STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the JVM is shutting down already", e);
        }
    }
}
