package dev.evalfleet.producer.dataset.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One repository in the cache folder, in the layout of the Hugging Face libraries: `refs/REVISION` holds a commit,
/// `snapshots/COMMIT/PATH` leads to `blobs/ID`. What those libraries fetched is found, and they find what is fetched
/// here.
final class HubCache {
    private static final int DEEPEST = 12;

    private final Path root;

    HubCache(Path cacheDir, String repository) {
        this.root = cacheDir.resolve("datasets--" + repository.replace("/", "--"));
    }

    Path root() {
        return root;
    }

    /// The commit that a revision was when it was last asked for.
    @Nullable
    String commit(String revision) throws IOException {
        if (HubRevision.isCommit(revision)) {
            return revision;
        }
        Path ref = root.resolve("refs").resolve(revision);
        return Files.isRegularFile(ref) ? Files.readString(ref).strip() : null;
    }

    void keepCommit(String revision, String commit) throws IOException {
        if (!HubRevision.isCommit(revision)) {
            write(root.resolve("refs").resolve(revision), commit);
        }
    }

    Path file(String commit, String path) {
        return root.resolve("snapshots").resolve(commit).resolve(path);
    }

    Path blob(HubFile file) {
        return root.resolve("blobs").resolve(file.id());
    }

    /// Shows a blob as a file of the commit.
    Path show(String commit, HubFile file) throws IOException {
        Path shown = file(commit, file.path());
        Path blob = blob(file);
        Path folder = Objects.requireNonNull(shown.getParent());
        Files.createDirectories(folder);
        Path link = shown.resolveSibling("." + shown.getFileName() + "."
                + ProcessHandle.current().pid() + "." + Thread.currentThread().threadId());
        try {
            Files.createSymbolicLink(link, folder.relativize(blob));
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(blob, link, StandardCopyOption.REPLACE_EXISTING); // a file system without links
        }
        return Files.move(link, shown, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /// The list of a commit's files as the hub gave it; null where it was never asked.
    byte @Nullable [] listing(String commit) throws IOException {
        Path listing = root.resolve("listings").resolve(commit + ".json");
        return Files.isRegularFile(listing) ? Files.readAllBytes(listing) : null;
    }

    void keepListing(String commit, String json) throws IOException {
        write(root.resolve("listings").resolve(commit + ".json"), json);
    }

    /// The files of a commit that are here.
    List<HubFile> present(String commit) throws IOException {
        Path snapshot = root.resolve("snapshots").resolve(commit);
        if (!Files.isDirectory(snapshot)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(snapshot, DEEPEST)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .map(path -> new HubFile(path, -1, null, null, path.replace('/', '-')))
                    .toList();
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), ".", ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
