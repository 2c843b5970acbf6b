package dev.evalfleet.producer.dataset.hub;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.HubAccess;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.fetch.UrlCache;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// One dataset's repository: from the cache what is there, from the hub what is not.
final class HubRepository {
    private static final Duration SAME_COMMIT = Duration.ofMinutes(5);

    private final String name;
    private final HubAccess access;
    private final HubClient client;
    private final HubCache cache;
    private final Map<String, Resolved> commits = new ConcurrentHashMap<>();

    private record Resolved(@Nullable String commit, Instant at) {}

    HubRepository(String name, HubAccess access, HubClient client) {
        this.name = name;
        this.access = access;
        this.client = client;
        this.cache = new HubCache(access.cacheDir(), name);
    }

    String name() {
        return name;
    }

    URI endpoint() {
        return access.endpoint();
    }

    boolean isOffline() {
        return access.offline();
    }

    Path folder() {
        return cache.root();
    }

    /// One step that may fail for reasons of the network or the disk.
    private interface Step<T> {
        @Nullable
        T take() throws IOException, InterruptedException, DatasetException;
    }

    private <T> T attempt(Step<T> step, String where) throws DatasetException {
        return Objects.requireNonNull(tried(step, where));
    }

    private <T> @Nullable T tried(Step<T> step, String where) throws DatasetException {
        try {
            return step.take();
        } catch (IOException e) {
            throw DatasetException.temporary(
                    where,
                    "the dataset " + name + " cannot be fetched from " + access.endpoint() + ": " + UrlCache.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DatasetException.temporary(where, "the dataset " + name + ": interrupted");
        }
    }

    /// The commit of a revision, asked for once in a while; null where there is no such revision.
    @Nullable
    String commit(String revision, String where) throws DatasetException {
        if (HubRevision.isCommit(revision)) {
            return revision;
        }
        if (access.offline()) {
            return tried(() -> cache.commit(revision), where);
        }
        Resolved known = commits.get(revision);
        if (known == null || known.at().plus(SAME_COMMIT).isBefore(Instant.now())) {
            String found = tried(() -> client.commit(name, revision, where), where);
            known = new Resolved(found, Instant.now());
            commits.put(revision, known);
            if (found != null) {
                tried(() -> keep(revision, found), where);
            }
        }
        return known.commit();
    }

    private @Nullable Void keep(String revision, String commit) throws IOException {
        cache.keepCommit(revision, commit);
        return null;
    }

    /// The files of a commit. Offline and never listed: those that are here.
    List<HubFile> files(String commit, String where) throws DatasetException {
        byte[] known = lasts(commit) ? tried(() -> cache.listing(commit), where) : null;
        if (known == null && access.offline()) {
            return attempt(() -> cache.present(commit), where);
        }
        return attempt(
                () -> {
                    if (known != null) {
                        return entries(JsonValues.parse(new String(known, StandardCharsets.UTF_8)));
                    }
                    List<Object> listing = client.listing(name, commit, where);
                    cache.keepListing(commit, JsonValues.text(listing));
                    return entries(listing);
                },
                where);
    }

    // A commit stays what it is, and offline everything does.
    private boolean lasts(String commit) {
        return HubRevision.isCommit(commit) || access.offline();
    }

    private static List<HubFile> entries(@Nullable Object listing) {
        var files = new ArrayList<HubFile>();
        if (listing instanceof List<?> list) {
            for (Object entry : list) {
                if (entry instanceof Map<?, ?> map
                        && "file".equals(map.get("type"))
                        && map.get("path") instanceof String path) {
                    files.add(entry(path, map));
                }
            }
        }
        return files;
    }

    private static HubFile entry(String path, Map<?, ?> facts) {
        Object hash = facts.get("lfs") instanceof Map<?, ?> lfs ? lfs.get("oid") : null;
        String sha256 = hash instanceof String text && text.matches("[0-9a-f]{64}") ? text : null;
        long size = facts.get("size") instanceof Long known ? known : -1;
        String url = facts.get("url") instanceof String text ? text : null;
        String id = facts.get("oid") instanceof String own && own.matches("[0-9a-f]{40}")
                ? own
                : path.replace('/', '-') + (size < 0 ? "" : "-" + size);
        return new HubFile(path, size, sha256, url, Objects.requireNonNullElse(sha256, id));
    }

    /// The file on this machine.
    Path file(String commit, HubFile file, String where) throws DatasetException {
        Path shown = cache.file(commit, file.path()).normalize();
        if (!shown.startsWith(cache.root())) {
            throw DatasetException.lasting(
                    where, "the dataset " + name + " names a file outside itself: " + file.path());
        }
        if (lasts(commit) && Files.isRegularFile(shown)) {
            return shown;
        }
        if (access.offline()) {
            throw DatasetException.lasting(
                    where,
                    "the file " + file.path() + " of the dataset " + name + " is not in the cache " + cache.root()
                            + ", and the producer is offline (producer.hub.offline, HF_HUB_OFFLINE or HF_DATASETS_OFFLINE)");
        }
        return attempt(
                () -> {
                    client.fetch(name, commit, file, cache.blob(file), where);
                    return cache.show(commit, file);
                },
                where);
    }
}
