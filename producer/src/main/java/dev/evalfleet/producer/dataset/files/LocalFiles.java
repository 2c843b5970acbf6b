package dev.evalfleet.producer.dataset.files;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.DatasetSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds data files on this machine: those of tasks in folders anywhere, those of inline tasks where that is allowed.
final class LocalFiles {
    private static final int DEEPEST = 8;

    private final DataAccess access;

    LocalFiles(DataAccess access) {
        this.access = access;
    }

    /// The files a name or pattern means, in order of their names; never none.
    List<Path> of(String file, DatasetSource source) throws DatasetException {
        try {
            String inFolder = source.options().folder() == null
                    ? file
                    : Path.of(source.options().folder()).resolve(file).toString();
            Path named = Path.of(withDataDir(inFolder, source));
            return source.folder() == null ? inline(named, source) : besideYaml(named, source.folder(), source);
        } catch (InvalidPathException e) {
            throw DatasetException.lasting(source.where(), "\"" + file + "\" is not a path: " + e.getReason());
        }
    }

    /// The folder of that name, where a task of that source may read it; null where there is none.
    @Nullable
    Path folder(String name, DatasetSource source) throws DatasetException {
        try {
            Path named = Path.of(withDataDir(name, source));
            List<Path> roots = source.folder() == null ? access.inlineDirs() : List.of(source.folder(), Path.of(""));
            for (Path root : roots) {
                Path folder = root.resolve(named).toAbsolutePath().normalize();
                if (Files.isDirectory(folder) && (source.folder() != null || isInside(folder, root))) {
                    return folder;
                }
            }
            return null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /// Every file below a folder, as a path relative to it with slashes, in order of names.
    static List<String> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, DEEPEST)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private String withDataDir(String file, DatasetSource source) throws DatasetException {
        if (!file.contains(DataAccess.DATA_DIR_VARIABLE)) {
            return file;
        }
        Path dataDir = access.dataDir();
        if (dataDir == null) {
            throw DatasetException.lasting(
                    source.where(),
                    "the file " + file + " needs the environment variable EVALFLEET_DATA_DIR (or producer.data-dir):"
                            + " set it to the folder that holds the data");
        }
        return file.replace(
                DataAccess.DATA_DIR_VARIABLE, dataDir.toAbsolutePath().toString());
    }

    // A path means the file beside the YAML; one relative to the working directory is found too, as lm-eval finds it.
    private static List<Path> besideYaml(Path path, Path folder, DatasetSource source) throws DatasetException {
        Path beside = folder.resolve(path).toAbsolutePath().normalize();
        Path here = path.toAbsolutePath().normalize();
        for (Path candidate : List.of(beside, here)) {
            List<Path> found = matching(candidate);
            if (!found.isEmpty()) {
                return found;
            }
        }
        throw DatasetException.lasting(
                source.where(),
                "there is no data file " + (beside.equals(here) ? beside.toString() : beside + " nor " + here));
    }

    private List<Path> inline(Path path, DatasetSource source) throws DatasetException {
        for (Path folder : access.inlineDirs()) {
            List<Path> found = matching(folder.resolve(path).toAbsolutePath().normalize()).stream()
                    .filter(file -> isInside(file, folder))
                    .toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        throw DatasetException.lasting(
                source.where(),
                "a task written into a request may read files in producer.inline-data-dirs ("
                        + (access.inlineDirs().isEmpty() ? "none is set" : shown(access.inlineDirs())) + "), and "
                        + path
                        + " is in none of them; a URL can be used instead");
    }

    // The file, or those whose paths match where there is a wildcard.
    private static List<Path> matching(Path path) {
        if (!Globs.isPattern(path.toString())) {
            return Files.isRegularFile(path) ? List.of(path) : List.of();
        }
        Path root = path;
        while (root != null && Globs.isPattern(root.toString())) {
            root = root.getParent();
        }
        if (root == null || !Files.isDirectory(root)) {
            return List.of();
        }
        Path start = root;
        try {
            return Globs.matching(start.relativize(path).toString().replace('\\', '/'), below(start)).stream()
                    .map(start::resolve)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean isInside(Path file, Path folder) {
        try {
            return file.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private static String shown(List<Path> folders) {
        return String.join(", ", folders.stream().map(Path::toString).toList());
    }
}
