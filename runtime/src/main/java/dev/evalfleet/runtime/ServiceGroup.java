package dev.evalfleet.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Several services as one.
final class ServiceGroup implements Service {
    private final String name;
    private final List<Service> parts;
    private final Deque<Service> started = new ArrayDeque<>();

    ServiceGroup(String name, List<Service> parts) {
        this.name = name;
        this.parts = List.copyOf(parts);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() throws Exception {
        for (Service part : parts) {
            started.push(part);
            part.start();
        }
    }

    @Override
    public boolean ready() {
        return parts.stream().allMatch(Service::ready);
    }

    @Override
    public String waitingFor() {
        return parts.stream()
                .filter(part -> !part.ready())
                .map(part -> part.name() + ": " + part.waitingFor())
                .collect(Collectors.joining("; "));
    }

    @Override
    public CompletableFuture<Void> ended() {
        CompletableFuture<?>[] ends = parts.stream().map(Service::ended).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.anyOf(ends).thenApply(_ -> null);
    }

    /// Stops all parts, also when one fails to; the first failure is thrown at the end.
    @Override
    public void close() {
        RuntimeException first = null;
        while (!started.isEmpty()) {
            first = closed(started.pop(), first);
        }
        if (first != null) {
            throw first;
        }
    }

    private static @Nullable RuntimeException closed(Service part, @Nullable RuntimeException first) {
        try {
            part.close();
            return first;
        } catch (RuntimeException e) {
            if (first == null) {
                return e;
            }
            first.addSuppressed(e);
            return first;
        }
    }
}
