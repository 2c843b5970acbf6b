package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.UnreachableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Whether the broker answers, and what to tell the operator when it does not.
public final class BrokerCheck {
    private BrokerCheck() {}

    /// @throws UnreachableException when no bootstrap server answers in time
    public static void reachable(KafkaConfig kafka, Duration atMost) {
        if (Arrays.stream(kafka.bootstrapServers().split(",")).allMatch(BrokerCheck::isRefused)) {
            throw failure(kafka, null); // nobody listens: a client would try until its time is up
        }
        int millis = Math.toIntExact(atMost.toMillis());
        Map<String, Object> patience = Map.of(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.max(1, millis / 2),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                millis);
        try (Admin admin = kafka.admin(patience)) {
            admin.describeCluster().nodes().get(atMost.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(kafka, e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw failure(kafka, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(kafka, e);
        } catch (KafkaException e) { // the client cannot even be made: no such host, a wrong property
            throw new OperatorException(
                    "Cannot connect to Kafka at %s: %s. Check kafka.bootstrap-servers and kafka.properties"
                            .formatted(kafka.bootstrapServers(), kafka.withoutSecrets(innermost(e))),
                    e);
        }
    }

    private static boolean isRefused(String server) {
        int colon = server.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(server.substring(colon + 1).strip());
            socket.connect(
                    new InetSocketAddress(
                            server.substring(0, Math.max(0, colon)).strip(), port),
                    2000);
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false; // slow, or not an address: the client says it better
        }
    }

    static OperatorException failure(KafkaConfig kafka, @Nullable Throwable cause) {
        String servers = kafka.bootstrapServers();
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return new OperatorException(
                    "Kafka at %s refuses this process: %s. Check the credentials in kafka.properties and the ACLs"
                            .formatted(servers, cause.getMessage()),
                    cause);
        }
        if (cause == null || isTimeout(cause)) {
            return new UnreachableException(
                    "Kafka does not answer at %s. Check kafka.bootstrap-servers and that the broker runs"
                            .formatted(servers),
                    cause);
        }
        return new OperatorException("Kafka at %s refuses: %s".formatted(servers, innermost(cause)), cause);
    }

    private static boolean isTimeout(Throwable cause) {
        return cause instanceof java.util.concurrent.TimeoutException
                || cause instanceof InterruptedException
                || cause instanceof TimeoutException
                || cause instanceof DisconnectException;
    }

    private static String innermost(Throwable problem) {
        Throwable inner = problem;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return String.valueOf(inner.getMessage());
    }
}
