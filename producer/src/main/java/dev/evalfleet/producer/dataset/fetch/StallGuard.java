package dev.evalfleet.producer.dataset.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/// A body that ends with an error when no byte comes for too long; Java's client waits for ever.
final class StallGuard extends FilterInputStream {
    private final Duration most;
    private final Thread watch;
    private volatile long since = System.nanoTime();
    private volatile boolean reading;
    private volatile boolean stalled;

    StallGuard(InputStream in, Duration most) {
        super(in);
        this.most = most;
        this.watch = Thread.ofVirtual().name("download-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (!stalled) {
                Thread.sleep(Duration.ofMillis(Math.clamp(most.toMillis() / 4, 10, 1000)));
                if (reading && System.nanoTime() - since > most.toNanos()) {
                    stalled = true;
                    in.close();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        } catch (IOException _) {
            stalled = true; // the reader learns it from its own read
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        since = System.nanoTime();
        reading = true;
        try {
            int read = in.read(buffer, offset, length);
            if (stalled) {
                throw new HttpTimeoutException("no bytes for " + most.toSeconds() + " s");
            }
            return read;
        } catch (IOException e) {
            if (stalled) {
                throw new HttpTimeoutException("no bytes for " + most.toSeconds() + " s");
            }
            throw e;
        } finally {
            reading = false;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void close() throws IOException {
        watch.interrupt();
        super.close();
    }
}
