package dev.evalfleet.local.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// Where the fleet that this user started last can be reached. `up` writes it, the other commands read it.
///
/// @param pid the process that keeps the fleet up
/// @param prefix of its topics
public record FleetFile(
        long pid, String bootstrap, String registry, String prefix, String dashboard, List<PoolEntry> pools) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /// A pool of that fleet.
    public record PoolEntry(String name, List<String> models) {}

    /// The fleet of this user, if one is up.
    public static Optional<FleetFile> find() {
        Path file = path();
        try {
            if (!isOurs(file)) {
                return Optional.empty();
            }
            FleetFile found = JSON.readValue(Files.readString(file), FleetFile.class);
            return ProcessHandle.of(found.pid()).filter(ProcessHandle::isAlive).map(_ -> found);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// Makes this fleet the one that commands find.
    public void write() throws IOException {
        Path file = path();
        Path folder = file.resolveSibling("");
        createFolder(folder);
        Path draft = Files.createTempFile(folder, "fleet", ".tmp");
        Files.writeString(draft, text());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Takes the entry away again, unless another fleet has taken its place.
    public void remove() {
        try {
            Path file = path();
            if (Files.exists(file)
                    && JSON.readValue(Files.readString(file), FleetFile.class).pid() == pid) {
                Files.delete(file);
            }
        } catch (IOException leftBehind) {
            // a file of a process that is gone is ignored by the next reader
        }
    }

    private String text() throws JsonProcessingException {
        return JSON.writeValueAsString(this);
    }

    /// Another user could have put a file there that leads us to their broker.
    private static boolean isOurs(Path file) throws IOException {
        return Files.isRegularFile(file) && Files.getOwner(file).getName().equals(System.getProperty("user.name"));
    }

    private static void createFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    static Path path() {
        String given = System.getProperty("evalfleet.state", "");
        if (!given.isEmpty()) {
            return Path.of(given, "fleet.json");
        }
        String runtimeFolder = System.getenv("XDG_RUNTIME_DIR");
        return runtimeFolder == null || !Files.isDirectory(Path.of(runtimeFolder))
                ? Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "evalfleet-" + System.getProperty("user.name"),
                        "fleet.json")
                : Path.of(runtimeFolder, "evalfleet", "fleet.json");
    }
}
