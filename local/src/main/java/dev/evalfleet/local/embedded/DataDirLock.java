package dev.evalfleet.local.embedded;

import dev.evalfleet.runtime.OperatorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps a second broker or registry, of this process or another, off a folder.
final class DataDirLock implements AutoCloseable {
    private final FileChannel channel;

    private DataDirLock(FileChannel channel) {
        this.channel = channel;
    }

    /// @throws OperatorException when somebody has it, or the folder cannot be written
    static DataDirLock take(Path folder, String what) {
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    folder.resolve(what + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new OperatorException(
                        "%s is in use by another fleet. Stop that one, or choose another data folder"
                                .formatted(folder));
            }
            return new DataDirLock(channel);
        } catch (IOException e) {
            throw new OperatorException("%s cannot be used as data folder: %s".formatted(folder, e), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close(); // gives up the lock too
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
