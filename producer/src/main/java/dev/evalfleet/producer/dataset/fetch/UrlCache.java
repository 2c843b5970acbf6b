package dev.evalfleet.producer.dataset.fetch;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DatasetException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// Files of http(s) URLs. A URL in a request is written by a stranger: the size is capped while it streams, addresses
/// inside the network are refused unless allowed, and so are those a redirect leads to.
public final class UrlCache {
    private static final Duration FRESH = Duration.ofHours(24);

    private final DataAccess access;
    private final Transfer transfer;

    public UrlCache(DataAccess access, Transfer transfer) {
        this.access = access;
        this.transfer = transfer;
    }

    /// The local copy; one that is younger than a day is used as it is, offline one of any age.
    public Path fetch(String url, String where) throws DatasetException {
        try {
            Path target = access.cacheDir().resolve(cacheName(url));
            boolean here = Files.isRegularFile(target);
            if (here && (access.hub().offline() || isFresh(target))) {
                return target;
            }
            if (access.hub().offline()) {
                throw DatasetException.lasting(
                        where, url + " is not in the cache " + access.cacheDir() + ", and the producer is offline");
            }
            return transfer.refetch(new Ask(URI.create(url), null, target, -1, null, where, url));
        } catch (IllegalArgumentException e) {
            throw DatasetException.lasting(where, "\"" + url + "\" is not a URL: " + e.getMessage());
        } catch (IOException e) {
            throw DatasetException.temporary(where, url + " cannot be fetched: " + reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DatasetException.temporary(where, url + ": interrupted");
        }
    }

    private static boolean isFresh(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minus(FRESH));
    }

    /// What went wrong, in words.
    public static String reason(IOException e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ", " + e.getMessage();
    }

    private static String cacheName(String url) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(url.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
