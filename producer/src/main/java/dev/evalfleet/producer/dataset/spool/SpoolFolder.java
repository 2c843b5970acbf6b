package dev.evalfleet.producer.dataset.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of one process inside the spool folder. It is locked while the process lives; folders without a living
/// owner are what a crash left behind, and the next producer removes them.
public final class SpoolFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
    private static final String PREFIX = "spool-";
    private static final String LOCK = "owner.lock";

    private final Path path;
    private final FileChannel channel;

    private SpoolFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Makes the folder, and removes those of processes that are gone.
    public static SpoolFolder open(Path spoolDir) throws IOException {
        Files.createDirectories(spoolDir);
        removeOrphans(spoolDir);
        Path path = Files.createTempDirectory(spoolDir, PREFIX);
        // The lock file has its name only once it is locked: before, it would look like one without an owner.
        Path making = path.resolve(LOCK + ".new");
        FileChannel channel = FileChannel.open(making, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileLock _ = channel.lock();
        Files.move(making, path.resolve(LOCK));
        return new SpoolFolder(path, channel);
    }

    private static void removeOrphans(Path spoolDir) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(spoolDir, PREFIX + "*")) {
            for (Path folder : folders) {
                if (isOrphan(folder)) {
                    LOG.info("removing spool left behind folder={}", folder);
                    remove(folder);
                }
            }
        }
    }

    // One without a lock file may just be being made.
    private static boolean isOrphan(Path folder) {
        Path lock = folder.resolve(LOCK);
        if (!Files.isRegularFile(lock)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            channel.close();
            remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
