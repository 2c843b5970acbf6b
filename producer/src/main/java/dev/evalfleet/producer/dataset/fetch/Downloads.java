package dev.evalfleet.producer.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// Fetches data files over http(s) into the cache. A URL in a request is written by a stranger: the size is capped
/// while it streams, addresses inside the network are refused unless allowed, and so are those a redirect leads to.
final class Downloads {
    private static final int MOST_REDIRECTS = 5;
    private static final Duration FRESH = Duration.ofHours(24);

    private final DataAccess access;
    private final HttpClient client;

    Downloads(DataAccess access) {
        this.access = access;
        this.client = HttpClient.newBuilder()
                .connectTimeout(access.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /// The local copy; one that is younger than a day is used as it is.
    Path fetch(String url, String where) throws DatasetException {
        try {
            Files.createDirectories(access.cacheDir());
            Path target = access.cacheDir().resolve(cacheName(url));
            if (Files.isRegularFile(target)
                    && Files.getLastModifiedTime(target)
                            .toInstant()
                            .isAfter(Instant.now().minus(FRESH))) {
                return target;
            }
            Path part = Files.createTempFile(access.cacheDir(), "download-", ".part");
            try {
                download(URI.create(url), part, where);
                return Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IllegalArgumentException e) {
            throw DatasetException.lasting(where, "\"" + url + "\" is not a URL: " + e.getMessage());
        } catch (IOException e) {
            throw DatasetException.temporary(where, url + " cannot be fetched: " + reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DatasetException.temporary(where, url + ": interrupted");
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void download(URI start, Path part, String where)
            throws IOException, InterruptedException, DatasetException {
        URI uri = start;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            refusePrivate(uri, where);
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(access.timeout()).build();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                int status = response.statusCode();
                if (status / 100 == 3
                        && response.headers().firstValue("location").isPresent()) {
                    uri = uri.resolve(response.headers().firstValue("location").orElseThrow());
                } else if (status != 200) {
                    throw failed(where, uri, status);
                } else {
                    copy(body, part, where, uri);
                    return;
                }
            }
        }
        throw DatasetException.lasting(where, start + " redirects more than " + MOST_REDIRECTS + " times");
    }

    private static DatasetException failed(String where, URI uri, int status) {
        String message = uri + " answered " + status;
        return status >= 500 || status == 429
                ? DatasetException.temporary(where, message)
                : DatasetException.lasting(where, message + "; check the URL and whether it needs a login");
    }

    private void copy(InputStream body, Path part, String where, URI uri) throws IOException, DatasetException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        try (OutputStream out = Files.newOutputStream(part)) {
            for (int read; (read = body.read(buffer)) >= 0; ) {
                total += read;
                if (total > access.maxBytes()) {
                    throw DatasetException.lasting(
                            where, uri + " is larger than producer.download-limit (" + access.maxBytes() + " bytes)");
                }
                out.write(buffer, 0, read);
            }
        }
    }

    private void refusePrivate(URI uri, String where) throws DatasetException, UnknownHostException {
        String scheme = uri.getScheme();
        if (uri.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw DatasetException.lasting(where, uri + " is not an http or https URL");
        }
        if (access.allowPrivateAddresses()) {
            return;
        }
        for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
            if (isPrivate(address)) {
                throw DatasetException.lasting(
                        where,
                        uri + " leads to " + address.getHostAddress() + ", an address inside the network; set"
                                + " producer.allow-private-addresses to true if that is meant");
            }
        }
    }

    static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean shared = bytes.length == 4 && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || uniqueLocal
                || shared;
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
