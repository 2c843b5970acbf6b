package dev.evalfleet.producer.dataset;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// Finds the files of a dataset, downloading what is remote, and opens them.
public final class DataFiles {
    private final DataAccess access;
    private final Downloads downloads;

    public DataFiles(DataAccess access) {
        this.access = access;
        this.downloads = new Downloads(access);
    }

    /// One file, ready to be read.
    ///
    /// @param label how it was named, for messages
    record DataFile(Path path, String label) {}

    /// The source with every local path made absolute, so that it can be opened without knowing where the YAML stands.
    public Map<String, List<String>> absolute(DatasetSource source) throws DatasetException {
        var files = new LinkedHashMap<String, List<String>>();
        for (Map.Entry<String, List<String>> split : source.files().entrySet()) {
            var paths = new ArrayList<String>();
            for (String file : split.getValue()) {
                if (isRemote(file)) {
                    paths.add(file);
                } else {
                    local(file, source).forEach(path -> paths.add(path.toString()));
                }
            }
            files.put(split.getKey(), paths);
        }
        return files;
    }

    /// The files of one split.
    List<DataFile> of(DatasetSource source, String split) throws DatasetException {
        if (!source.loader().equals("json") && !source.loader().equals("csv")) {
            throw DatasetException.lasting(
                    source.where(),
                    "dataset_path is \"" + source.loader()
                            + "\"; json and csv with dataset_kwargs.data_files can be read");
        }
        List<String> files = source.files().get(split);
        if (files == null || files.isEmpty()) {
            throw DatasetException.lasting(
                    source.where(),
                    "there are no data_files for the split \"" + split + "\"; there are some for "
                            + (source.files().isEmpty()
                                    ? "none"
                                    : String.join(", ", source.files().keySet())));
        }
        var found = new ArrayList<DataFile>();
        for (String file : files) {
            if (isRemote(file)) {
                found.add(new DataFile(downloads.fetch(file, source.where()), file));
            } else {
                local(file, source).forEach(path -> found.add(new DataFile(path, path.toString())));
            }
        }
        return found;
    }

    private static boolean isRemote(String file) {
        return file.startsWith("http://") || file.startsWith("https://");
    }

    private List<Path> local(String file, DatasetSource source) throws DatasetException {
        String named = file;
        if (file.contains(DataAccess.DATA_DIR_VARIABLE)) {
            Path dataDir = access.dataDir();
            if (dataDir == null) {
                throw DatasetException.lasting(
                        source.where(),
                        "the file " + file
                                + " needs the environment variable EVALFLEET_DATA_DIR (or producer.data-dir):"
                                + " set it to the folder that holds the data");
            }
            named = file.replace(
                    DataAccess.DATA_DIR_VARIABLE, dataDir.toAbsolutePath().toString());
        }
        try {
            return source.folder() == null
                    ? inline(Path.of(named), source)
                    : besideYaml(Path.of(named), source.folder(), source);
        } catch (InvalidPathException e) {
            throw DatasetException.lasting(source.where(), "\"" + file + "\" is not a path: " + e.getReason());
        }
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
        throw missing(beside.equals(here) ? beside.toString() : beside + " nor " + here, source);
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

    // The file, or those whose names match where the last part has * or ?.
    private static List<Path> matching(Path path) {
        Path name = path.getFileName();
        Path folder = path.getParent();
        if (name == null || folder == null || !name.toString().matches(".*[*?].*")) {
            return Files.isRegularFile(path) ? List.of(path) : List.of();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, name.toString())) {
            var found = new ArrayList<Path>();
            for (Path file : files) {
                if (Files.isRegularFile(file)) {
                    found.add(file);
                }
            }
            found.sort(null);
            return found;
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

    private static DatasetException missing(String looked, DatasetSource source) {
        return DatasetException.lasting(source.where(), "there is no data file " + looked);
    }

    /// Opens a reader for the format of the source.
    static DocumentReader open(DataFile file, DatasetSource source) throws DatasetException {
        try {
            if (source.loader().equals("csv")) {
                return new CsvDocuments(() -> input(file.path()), file.label(), delimiter(file, source));
            }
            return new JsonDocuments(input(file.path()), file.label(), source.field());
        } catch (IOException e) {
            throw DatasetException.lasting(file.label(), "cannot be read: " + e.getMessage());
        }
    }

    private static char delimiter(DataFile file, DatasetSource source) {
        String given = source.delimiter();
        if (given != null && !given.isEmpty()) {
            return given.charAt(0);
        }
        String name = file.label().toLowerCase(Locale.ROOT);
        return name.endsWith(".tsv") || name.endsWith(".tsv.gz") ? '\t' : ',';
    }

    private static InputStream input(Path path) throws IOException {
        var input = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        input.mark(2);
        boolean zipped = input.read() == 0x1f && input.read() == 0x8b;
        input.reset();
        return zipped ? new GZIPInputStream(input, 1 << 16) : input;
    }
}
