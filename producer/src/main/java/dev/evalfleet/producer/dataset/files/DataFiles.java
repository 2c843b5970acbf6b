package dev.evalfleet.producer.dataset.files;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.DatasetSource;
import dev.evalfleet.producer.dataset.fetch.FetchProgress;
import dev.evalfleet.producer.dataset.fetch.Http;
import dev.evalfleet.producer.dataset.fetch.Transfer;
import dev.evalfleet.producer.dataset.fetch.UrlCache;
import dev.evalfleet.producer.dataset.format.Formats;
import dev.evalfleet.producer.dataset.hub.Hub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds the files of a dataset, fetching what is elsewhere.
public final class DataFiles {
    private final DataAccess access;
    private final LocalFiles local;
    private final UrlCache urls;
    private final Hub hub;

    public DataFiles(DataAccess access, FetchProgress progress) {
        var http = new Http(access);
        var transfer = new Transfer(http, access.maxBytes(), progress);
        this.access = access;
        this.local = new LocalFiles(access);
        this.urls = new UrlCache(access, transfer);
        this.hub = new Hub(access, http, transfer);
    }

    /// The files of one split, on this machine.
    public List<DataFile> of(DatasetSource source, String split) throws DatasetException {
        Path folder = localFolder(source);
        if (!source.isFormat() && folder == null) {
            return hub.files(source, split);
        }
        Map<String, List<String>> splits = folder != null ? inFolder(folder, source) : ofFormat(source);
        List<String> files = splits.get(split);
        if (files == null || files.isEmpty()) {
            throw DatasetException.lasting(
                    source.where(),
                    "there are no data_files for the split \"" + split + "\"; there are some for "
                            + (splits.isEmpty() ? "none" : String.join(", ", splits.keySet())));
        }
        var found = new ArrayList<DataFile>();
        for (String file : files) {
            found.addAll(folder == null ? named(file, source) : List.of(inFolder(folder, file)));
        }
        return found;
    }

    private List<DataFile> named(String file, DatasetSource source) throws DatasetException {
        if (isUrl(file)) {
            Path path = urls.fetch(file, source.where());
            try {
                return List.of(new DataFile(path, file, source.loader(), access.mostUnpacked(Files.size(path))));
            } catch (IOException e) {
                throw DatasetException.temporary(source.where(), path + " cannot be read: " + e.getMessage());
            }
        }
        if (Hub.isName(file)) {
            return hub.named(file, source);
        }
        return local.of(file, source).stream()
                .map(path -> DataFile.local(path, source.loader()))
                .toList();
    }

    private static boolean isUrl(String file) {
        return file.startsWith("http://") || file.startsWith("https://");
    }

    private Map<String, List<String>> ofFormat(DatasetSource source) throws DatasetException {
        String name = source.options().folder();
        if (!source.files().isEmpty() || name == null) {
            return source.files();
        }
        Path folder = local.folder(name, source);
        if (folder == null) {
            throw DatasetException.lasting(source.where(), "there is no folder " + name + " (data_dir)");
        }
        try {
            var absolute = new LinkedHashMap<String, List<String>>();
            SplitPatterns.of(LocalFiles.below(folder).stream()
                            .filter(file -> source.loader().equals(Formats.ofName(file)))
                            .toList())
                    .forEach((split, files) -> absolute.put(
                            split,
                            files.stream()
                                    .map(file -> folder.resolve(file).toString())
                                    .toList()));
            return absolute;
        } catch (IOException e) {
            throw DatasetException.lasting(source.where(), folder + " cannot be read: " + e.getMessage());
        }
    }

    private static Map<String, List<String>> inFolder(Path folder, DatasetSource source) throws DatasetException {
        try {
            List<String> below = LocalFiles.below(folder);
            return source.files().isEmpty() ? SplitPatterns.of(below) : chosen(source.files(), below);
        } catch (IOException e) {
            throw DatasetException.lasting(source.where(), folder + " cannot be read: " + e.getMessage());
        }
    }

    private static DataFile inFolder(Path folder, String file) {
        return DataFile.local(folder.resolve(file), Objects.requireNonNullElse(Formats.ofName(file), "json"));
    }

    /// Per split the paths that match one of its patterns.
    public static Map<String, List<String>> chosen(Map<String, List<String>> patterns, List<String> paths) {
        var splits = new LinkedHashMap<String, List<String>>();
        patterns.forEach((split, ofSplit) -> splits.put(
                split,
                ofSplit.stream()
                        .flatMap(pattern -> Globs.matching(pattern, paths).stream())
                        .distinct()
                        .toList()));
        return splits;
    }

    /// What makes a source the same wherever and whenever it is opened again.
    ///
    /// @param path for `dataset_path`: a local folder is absolute
    /// @param arguments for `dataset_kwargs`: absolute paths, and the commit of a hub's dataset
    public record Pinned(String path, Map<String, Object> arguments) {}

    public Pinned pinned(DatasetSource source) throws DatasetException {
        Path folder = localFolder(source);
        if (folder != null) {
            return new Pinned(folder.toString(), Map.of());
        }
        if (!source.isFormat()) {
            return new Pinned(source.loader(), Map.of("revision", hub.pinned(source)));
        }
        var files = new LinkedHashMap<String, List<String>>();
        for (Map.Entry<String, List<String>> split : ofFormat(source).entrySet()) {
            var paths = new ArrayList<String>();
            for (String file : split.getValue()) {
                if (isUrl(file) || Hub.isName(file)) {
                    paths.add(file);
                } else {
                    local.of(file, source).forEach(path -> paths.add(path.toString()));
                }
            }
            files.put(split.getKey(), paths);
        }
        return new Pinned(source.loader(), Map.of("data_files", files));
    }

    // A folder without data may just have the name of a hub's dataset.
    private @Nullable Path localFolder(DatasetSource source) throws DatasetException {
        Path folder = source.isFormat() ? null : local.folder(source.loader(), source);
        boolean isPath = source.loader().startsWith("/") || source.loader().startsWith(".");
        return folder == null || isPath || !inFolder(folder, source).isEmpty() ? folder : null;
    }
}
