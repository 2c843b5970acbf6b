package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.rights.Right;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.runtime.rights.RightsCheck;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;

/// A service that starts only with all the rights it needs at the broker, and says which one it lacks when it fails
/// for want of one.
final class GuardedService implements Service {
    private final Fleet fleet;
    private final Service service;
    private final Rights rights;
    private final CompletableFuture<Void> ended;

    GuardedService(Fleet fleet, Service service, Rights rights) {
        this.fleet = fleet;
        this.service = service;
        this.rights = rights;
        this.ended = service.ended().exceptionallyCompose(problem -> CompletableFuture.failedFuture(said(problem)));
    }

    @Override
    public String name() {
        return service.name();
    }

    @Override
    public void start() throws Exception {
        requireRights();
        try {
            service.start();
        } catch (RuntimeException e) {
            throw said(e);
        }
        requireRights(); // also on the topics that the start has made
    }

    @Override
    public boolean ready() {
        return service.ready();
    }

    @Override
    public String waitingFor() {
        return service.waitingFor();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        service.close();
    }

    /// @throws OperatorException naming every right that is missing
    private void requireRights() {
        Set<Right> missing = missing();
        if (!missing.isEmpty()) {
            throw refusal(missing);
        }
    }

    private Set<Right> missing() {
        try (Admin admin = fleet.kafka().admin()) {
            return new RightsCheck(admin).missing(rights);
        }
    }

    private RuntimeException said(Throwable problem) {
        RuntimeException itself =
                problem instanceof RuntimeException known ? known : new IllegalStateException(problem);
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof AuthorizationException) {
                return refusal(cause, itself);
            }
        }
        return itself;
    }

    private RuntimeException refusal(Throwable cause, RuntimeException otherwise) {
        try {
            Set<Right> missing = missing();
            return missing.isEmpty() ? BrokerCheck.failure(fleet.kafka(), cause) : refusal(missing);
        } catch (RuntimeException e) {
            otherwise.addSuppressed(e);
            return otherwise;
        }
    }

    private OperatorException refusal(Set<Right> missing) {
        return new OperatorException(
                "Kafka at %s lets this %s do too little; missing: %s. Grant it to its principal (docs/security.md has the table, 'evalfleet rights' prints it)"
                        .formatted(
                                fleet.kafka().bootstrapServers(),
                                rights.role(),
                                missing.stream().map(Right::toString).collect(Collectors.joining("; "))));
    }
}
