package dev.evalfleet.loadtest.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// An OpenAI-compatible model server on loopback, on plain sockets, so that it can break in every way a real one does.
/// It counts what it answered, and how often it answered the same.
public final class ModelServer implements AutoCloseable {
    private final List<String> models;
    private final Duration latency;
    private final long seed;
    private final int port;
    private final AtomicLong calls = new AtomicLong();
    private final Map<String, Integer> answered = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mood mood = Mood.GOOD;
    private volatile @Nullable ServerSocket listening;

    private ModelServer(List<String> models, Duration latency, long seed) {
        this.models = List.copyOf(models);
        this.latency = latency;
        this.seed = seed;
        this.port = listen(0);
    }

    /// @param seed decides which calls meet trouble
    public static ModelServer start(List<String> models, Duration latency, long seed) {
        return new ModelServer(models, latency, seed);
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/v1";
    }

    public void mood(Mood now) {
        mood = now;
    }

    /// Goes away: nobody listens any more, and all connections break.
    public synchronized void leave() {
        ServerSocket socket = listening;
        listening = null;
        close(socket);
        open.forEach(ModelServer::close);
        open.clear();
    }

    /// Comes back on the same port.
    public synchronized void comeBack() {
        listen(port);
    }

    /// Answers given in full beyond the first to the same question.
    public long repeatedAnswers() {
        return answered.values().stream().mapToLong(times -> times - 1).sum();
    }

    /// Calls that came, probes included.
    public long calls() {
        return calls.get();
    }

    @Override
    public void close() {
        leave();
    }

    List<String> models() {
        return models;
    }

    Duration latency() {
        return latency;
    }

    /// What the next call meets.
    Mood.Trouble trouble() {
        Mood now = mood;
        double drawn = (Answers.mix(seed + calls.incrementAndGet()) >>> 11) * 0x1.0p-53;
        return drawn < now.share() ? now.trouble() : Mood.Trouble.NONE;
    }

    void answered(String model, String prompt) {
        answered.merge(model + "\0" + prompt, 1, Integer::sum);
    }

    private int listen(int wanted) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 512);
            listening = socket;
            Thread.ofPlatform().daemon().name("model-server").start(() -> accept(socket));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("the model server cannot listen", e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                Thread.ofVirtual().name("model-call").start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            ModelConnection calls = new ModelConnection(this, connection);
            while (calls.serveOne()) {
                // the connection is kept
            }
        } catch (IOException gone) {
            // the worker gave the call up, or died
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
        }
    }

    private static void close(java.io.@Nullable Closeable socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
