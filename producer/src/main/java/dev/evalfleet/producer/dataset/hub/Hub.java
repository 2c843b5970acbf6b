package dev.evalfleet.producer.dataset.hub;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DataFile;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.DatasetSource;
import dev.evalfleet.producer.dataset.fetch.Http;
import dev.evalfleet.producer.dataset.fetch.Transfer;
import dev.evalfleet.producer.dataset.files.DataFiles;
import dev.evalfleet.producer.dataset.files.SplitPatterns;
import dev.evalfleet.producer.dataset.format.Formats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Datasets by name and configuration: from the branch the hub converted to Parquet, and where there is none, a
/// revision or files are named, from the files their owner put there.
public final class Hub {
    private static final String MAIN = "main";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}(/[A-Za-z0-9][\\w.-]{0,95})?");
    private static final Pattern FILE_NAME = Pattern.compile("hf://datasets/([^/@]+/[^/@]+)(?:@([^/]+))?/(.+)");

    private final DataAccess access;
    private final HubClient client;
    private final Map<String, HubRepository> repositories = new ConcurrentHashMap<>();

    public Hub(DataAccess access, Http http, Transfer transfer) {
        this.access = access;
        this.client = new HubClient(access.hub(), http, transfer);
    }

    /// Whether a data file is named as one of the hub: `hf://datasets/OWNER/NAME/PATH`.
    public static boolean isName(String file) {
        return file.startsWith("hf://");
    }

    private HubRepository repository(String name) {
        return repositories.computeIfAbsent(name, _ -> new HubRepository(name, access.hub(), client));
    }

    /// A place to read from.
    private record At(HubRepository repository, boolean converted, String commit) {}

    /// The files of one split, fetched.
    public List<DataFile> files(DatasetSource source, String split) throws DatasetException {
        At at = at(source);
        Map<String, List<HubFile>> splits = splits(at, source);
        return fetched(at, HubConfigs.split(splits, split, source), source);
    }

    /// The revision that finds the same commit again.
    public String pinned(DatasetSource source) throws DatasetException {
        At at = at(source);
        return HubRevision.pinned(at.converted(), at.commit());
    }

    /// The files that `hf://datasets/OWNER/NAME[@REVISION]/PATTERN` names, fetched.
    public List<DataFile> named(String file, DatasetSource source) throws DatasetException {
        Matcher parts = FILE_NAME.matcher(file);
        if (!parts.matches()) {
            throw DatasetException.lasting(
                    source.where(),
                    "\"" + file + "\" must be hf://datasets/OWNER/NAME/PATH, with @REVISION behind NAME or not");
        }
        HubRepository repository = repository(parts.group(1));
        String revision = Optional.ofNullable(parts.group(2))
                .map(text -> text.replace("%2F", "/"))
                .orElse(MAIN);
        At at = new At(repository, false, required(repository, revision, source.where()));
        Map<String, List<HubFile>> found = matching(at, Map.of(file, List.of(parts.group(3))), source.where());
        return fetched(at, HubConfigs.split(found, file, source), source);
    }

    private At at(DatasetSource source) throws DatasetException {
        if (!NAME.matcher(source.loader()).matches()) {
            throw DatasetException.lasting(
                    source.where(),
                    "dataset_path is \"" + source.loader()
                            + "\"; it must be json, csv, parquet or text with data_files, a folder that exists, or the"
                            + " name of a dataset on the hub");
        }
        HubRepository repository = repository(source.loader());
        HubRevision wanted = HubRevision.of(source.options().revision());
        boolean ownFiles = !source.files().isEmpty() || source.options().folder() != null;
        if (wanted.converted() && (!ownFiles || source.options().revision() != null)) {
            String commit = repository.commit(wanted.revision(), source.where());
            if (commit != null) {
                return new At(repository, true, commit);
            }
        }
        String revision = wanted.converted() ? MAIN : wanted.revision();
        return new At(repository, false, required(repository, revision, source.where()));
    }

    private static String required(HubRepository repository, String revision, String where) throws DatasetException {
        return HubConfigs.required(
                repository.commit(revision, where),
                () -> DatasetException.lasting(
                        where,
                        repository.isOffline()
                                ? "the dataset " + repository.name() + " is not in the cache " + repository.folder()
                                        + ", and the producer is offline (producer.hub.offline, HF_HUB_OFFLINE or HF_DATASETS_OFFLINE)"
                                : revision.equals(MAIN)
                                        ? "there is no dataset \"" + repository.name() + "\" at "
                                                + repository.endpoint()
                                        : "the dataset " + repository.name() + " has no revision \"" + revision
                                                + "\""));
    }

    private Map<String, List<HubFile>> splits(At at, DatasetSource source) throws DatasetException {
        if (!source.files().isEmpty()) {
            Map<String, List<String>> patterns = new LinkedHashMap<>();
            String folder =
                    source.options().folder() == null ? "" : source.options().folder() + "/";
            source.files()
                    .forEach((split, files) -> patterns.put(
                            split, files.stream().map(file -> folder + file).toList()));
            return matching(at, patterns, source.where());
        }
        List<HubFile> files = at.repository().files(at.commit(), source.where());
        if (at.converted()) {
            HubConfigs configs = HubConfigs.converted(files);
            if (!configs.configs().isEmpty()) {
                return configs.config(
                        source, () -> ownCard(at.repository(), source).preferred());
            }
        }
        Card card = source.options().folder() == null ? card(at, source.where()) : Card.EMPTY;
        if (!card.configs().isEmpty()) {
            var configs = new LinkedHashMap<String, Map<String, List<HubFile>>>();
            for (var config : card.configs().entrySet()) {
                configs.put(config.getKey(), matching(at, config.getValue(), source.where()));
            }
            return new HubConfigs(configs).config(source, card::preferred);
        }
        return new HubConfigs(Map.of("default", byName(files, source))).config(source, () -> null);
    }

    private static Map<String, List<HubFile>> byName(List<HubFile> files, DatasetSource source) {
        String folder =
                source.options().folder() == null ? "" : source.options().folder() + "/";
        return withFiles(
                SplitPatterns.of(files.stream()
                        .map(HubFile::path)
                        .filter(path -> path.startsWith(folder))
                        .sorted()
                        .toList()),
                files);
    }

    private static Map<String, List<HubFile>> matching(At at, Map<String, List<String>> patterns, String where)
            throws DatasetException {
        List<HubFile> files = at.repository().files(at.commit(), where);
        List<String> paths = files.stream().map(HubFile::path).sorted().toList();
        return withFiles(DataFiles.chosen(patterns, paths), files);
    }

    private static Map<String, List<HubFile>> withFiles(Map<String, List<String>> paths, List<HubFile> files) {
        Map<String, HubFile> byPath =
                files.stream().collect(Collectors.toMap(HubFile::path, file -> file, (one, _) -> one));
        var splits = new LinkedHashMap<String, List<HubFile>>();
        paths.forEach((split, ofSplit) -> splits.put(
                split,
                ofSplit.stream()
                        .map(path -> Optional.ofNullable(byPath.get(path)).orElseThrow())
                        .toList()));
        return splits;
    }

    private static Card ownCard(HubRepository repository, DatasetSource source) throws DatasetException {
        String main = repository.commit(MAIN, source.where());
        return main == null ? Card.EMPTY : card(new At(repository, false, main), source.where());
    }

    private static Card card(At at, String where) throws DatasetException {
        List<HubFile> readme = at.repository().files(at.commit(), where).stream()
                .filter(file -> file.path().equals(Card.FILE))
                .toList();
        try {
            return readme.isEmpty()
                    ? Card.EMPTY
                    : Card.read(at.repository().file(at.commit(), readme.getFirst(), where));
        } catch (IOException e) {
            throw DatasetException.temporary(
                    where, Card.FILE + " of " + at.repository().name() + ": " + e.getMessage());
        }
    }

    private List<DataFile> fetched(At at, List<HubFile> files, DatasetSource source) throws DatasetException {
        var fetched = new ArrayList<DataFile>();
        for (HubFile file : files) {
            String format = source.isFormat() ? source.loader() : Formats.ofName(file.path());
            if (format == null) {
                throw DatasetException.lasting(
                        source.where(),
                        "the file " + file.path() + " of the dataset "
                                + at.repository().name()
                                + " is in no format that can be read (Parquet, JSON, CSV, TSV, text; gzip, zstd)");
            }
            Path path = at.repository().file(at.commit(), file, source.where());
            try {
                fetched.add(new DataFile(
                        path,
                        at.repository().name() + "/" + file.path(),
                        format,
                        access.mostUnpacked(Files.size(path))));
            } catch (IOException e) {
                throw DatasetException.temporary(source.where(), path + " cannot be read: " + e.getMessage());
            }
        }
        return fetched;
    }
}
