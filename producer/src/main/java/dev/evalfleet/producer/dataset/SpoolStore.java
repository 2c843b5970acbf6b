package dev.evalfleet.producer.dataset;

import dev.evalfleet.producer.dataset.fetch.FetchProgress;
import dev.evalfleet.producer.dataset.files.DataFiles;
import dev.evalfleet.producer.dataset.spool.SpoolFolder;
import dev.evalfleet.producer.dataset.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The spools of this process: each dataset is read once for all runs that use it, and kept a while for the next.
public final class SpoolStore implements AutoCloseable {
    private static final int IDLE_KEPT = 32;

    private final SpoolFolder folder;
    private final DataFiles files;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private int written;

    private static final class Entry {
        final Spool spool;
        int users;

        Entry(Spool spool) {
            this.spool = spool;
        }
    }

    public SpoolStore(Path spoolDir, DataAccess access) throws IOException {
        this(spoolDir, access, FetchProgress.logging());
    }

    /// @param progress is told how downloads go
    public SpoolStore(Path spoolDir, DataAccess access, FetchProgress progress) throws IOException {
        this.files = new DataFiles(access, progress);
        this.folder = SpoolFolder.open(spoolDir);
    }

    public DataFiles files() {
        return files;
    }

    /// A spool in use; closing it gives it back.
    public record Lease(Spool spool, Runnable giveBack) implements AutoCloseable {
        @Override
        public void close() {
            giveBack.run();
        }
    }

    /// The first `limit` documents of a split.
    public Lease open(DatasetSource source, String split, long limit) throws DatasetException {
        return open(source, files.of(source, split), limit); // a download, which may take long, blocks nobody
    }

    private synchronized Lease open(DatasetSource source, List<DataFile> found, long limit) throws DatasetException {
        try {
            String key = key(found, source.options(), limit);
            Entry entry = entries.get(key);
            if (entry == null) {
                Path target = folder.path().resolve("documents-" + written++);
                entry = new Entry(written(target, found, source.options(), limit));
                entries.put(key, entry);
            }
            Entry used = entry;
            used.users++;
            return new Lease(used.spool, new GiveBack(used));
        } catch (IOException e) {
            throw DatasetException.temporary(
                    source.where(), "cannot be copied to the spool folder " + folder.path() + ": " + e.getMessage());
        }
    }

    /// Documents that were made of a spool's, up to `limit`.
    ///
    /// @param key what they are made of and how; the same key stands for the same documents
    public synchronized Lease open(
            String key, String label, Supplier<Iterator<Map<String, @Nullable Object>>> documents, long limit)
            throws DatasetException {
        try {
            String whole = "made|" + key + "|" + limit;
            Entry entry = entries.get(whole);
            if (entry == null) {
                Path target = folder.path().resolve("documents-" + written++);
                entry = new Entry(made(target, label, documents.get(), limit));
                entries.put(whole, entry);
            }
            Entry used = entry;
            used.users++;
            return new Lease(used.spool, new GiveBack(used));
        } catch (IOException e) {
            throw DatasetException.temporary(
                    label, "cannot be copied to the spool folder " + folder.path() + ": " + e.getMessage());
        }
    }

    private static Spool made(Path target, String label, Iterator<Map<String, @Nullable Object>> documents, long limit)
            throws IOException, DatasetException {
        try {
            return SpoolWriter.write(target, label, documents, limit);
        } catch (IOException | DatasetException | RuntimeException e) {
            Files.deleteIfExists(target);
            throw e;
        }
    }

    private static Spool written(Path target, List<DataFile> found, DataOptions options, long limit)
            throws IOException, DatasetException {
        try {
            return SpoolWriter.write(target, found, options, limit);
        } catch (IOException | DatasetException | RuntimeException e) {
            Files.deleteIfExists(target);
            throw e;
        }
    }

    private final class GiveBack implements Runnable {
        private final Entry entry;
        private boolean done;

        GiveBack(Entry entry) {
            this.entry = entry;
        }

        @Override
        public void run() {
            synchronized (SpoolStore.this) {
                if (!done) {
                    done = true;
                    entry.users--;
                    dropIdle();
                }
            }
        }
    }

    // Oldest first.
    private void dropIdle() {
        long idle = entries.values().stream().filter(entry -> entry.users == 0).count();
        for (var iterator = entries.values().iterator(); idle > IDLE_KEPT && iterator.hasNext(); ) {
            Entry entry = iterator.next();
            if (entry.users == 0) {
                entry.spool.close();
                iterator.remove();
                idle--;
            }
        }
    }

    // A file that was changed is another dataset.
    private static String key(List<DataFile> files, DataOptions options, long limit) throws IOException {
        var parts = new ArrayList<String>();
        for (DataFile file : files) {
            BasicFileAttributes facts = Files.readAttributes(file.path(), BasicFileAttributes.class);
            parts.add(file.loader() + ":" + file.path() + "@" + facts.size() + "@" + facts.lastModifiedTime());
        }
        return String.join("|", parts) + "|" + options + "|" + limit;
    }

    @Override
    public synchronized void close() {
        entries.values().forEach(entry -> entry.spool.close());
        entries.clear();
        folder.close();
    }
}
