package dev.evalfleet.producer.dataset.hub;

import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.ScriptedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The paths of a hub that serve datasets, over real HTTP. Parquet files are kept by their hash on a second server,
/// as the hub keeps large files, and reached by a redirect.
public final class HubServer implements AutoCloseable {
    static final String CONVERTED = "refs%2Fconvert%2Fparquet";

    final ScriptedServer hub = new ScriptedServer();
    final ScriptedServer storage = new ScriptedServer();
    private final Map<String, List<Map<String, Object>>> listings = new LinkedHashMap<>();

    public String endpoint() {
        return hub.url("");
    }

    /// A commit id made of one digit.
    public static String commit(char digit) {
        return String.valueOf(digit).repeat(40);
    }

    /// Makes a revision of a dataset lead to a commit.
    public HubServer revision(String dataset, String revision, String commit) {
        hub.serve(
                "/api/datasets/" + dataset + "/revision/" + revision,
                ("{\"id\": \"" + dataset + "\", \"sha\": \"" + commit + "\"}").getBytes(StandardCharsets.UTF_8));
        tree(dataset, commit);
        return this;
    }

    public HubServer file(String dataset, String commit, String path, byte[] content) {
        String hash = sha256(content);
        String resolve = "/datasets/" + dataset + "/resolve/" + commit + "/" + path;
        var entry = new LinkedHashMap<String, Object>();
        entry.put("type", "file");
        entry.put("oid", hash.substring(0, 40));
        entry.put("size", (long) content.length);
        entry.put("path", path);
        if (path.endsWith(".parquet")) {
            entry.put("lfs", Map.of("oid", hash, "size", (long) content.length));
            storage.serve("/" + hash, content);
            hub.on(resolve, exchange -> {
                exchange.getResponseHeaders().add("X-Linked-ETag", "\"" + hash + "\"");
                exchange.getResponseHeaders().add("Location", storage.url("/" + hash));
                exchange.sendResponseHeaders(302, -1);
            });
        } else {
            hub.serve(resolve, content);
        }
        listings.computeIfAbsent(dataset + "@" + commit, _ -> new ArrayList<>()).add(entry);
        tree(dataset, commit);
        return this;
    }

    public HubServer file(String dataset, String commit, String path, Path content) {
        try {
            return file(dataset, commit, path, Files.readAllBytes(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HubServer file(String dataset, String commit, String path, String content) {
        return file(dataset, commit, path, content.getBytes(StandardCharsets.UTF_8));
    }

    // Two entries a page.
    private void tree(String dataset, String commit) {
        List<Map<String, Object>> all = listings.getOrDefault(dataset + "@" + commit, List.of());
        String path = "/api/datasets/" + dataset + "/tree/" + commit + "?recursive=true";
        for (int start = 0; start == 0 || start < all.size(); start += 2) {
            List<Map<String, Object>> page = all.subList(start, Math.min(start + 2, all.size()));
            String next = start + 2 < all.size() ? path + "&cursor=" + (start + 2) : null;
            hub.on(start == 0 ? path : path + "&cursor=" + start, exchange -> {
                if (next != null) {
                    exchange.getResponseHeaders().add("Link", "<" + hub.url(next) + ">; rel=\"next\"");
                }
                ScriptedServer.send(exchange, 200, JsonValues.bytes(page));
            });
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        hub.close();
        storage.close();
    }
}
