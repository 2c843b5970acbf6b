package dev.evalfleet.local.fleet;

import dev.evalfleet.local.CommandException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Where a local fleet keeps its state: a folder of the user's, or a temporary one that goes away with the fleet.
final class DataFolder implements AutoCloseable {

    private final Path path;
    private final boolean isTemporary;

    private DataFolder(Path path, boolean isTemporary) {
        this.path = path;
        this.isTemporary = isTemporary;
    }

    /// @param given null: a temporary folder
    static DataFolder open(@Nullable Path given) {
        try {
            if (given == null) {
                return new DataFolder(Files.createTempDirectory("evalfleet-"), true);
            }
            return new DataFolder(Files.createDirectories(given.toAbsolutePath().normalize()), false);
        } catch (IOException unusable) {
            throw CommandException.usage("--data-dir " + given + ": cannot be used (" + unusable + ")");
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            if (isTemporary) {
                delete(path);
            }
        } catch (IOException leftBehind) {
            // the system clears temporary folders
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException vanished) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
