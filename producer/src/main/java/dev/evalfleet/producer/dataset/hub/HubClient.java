package dev.evalfleet.producer.dataset.hub;

import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.HubAccess;
import dev.evalfleet.producer.dataset.JsonValues;
import dev.evalfleet.producer.dataset.fetch.Ask;
import dev.evalfleet.producer.dataset.fetch.Http;
import dev.evalfleet.producer.dataset.fetch.Transfer;
import dev.evalfleet.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The calls of the hub's API that datasets need.
final class HubClient {
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");

    private final HubAccess access;
    private final Http http;
    private final Transfer transfer;

    HubClient(HubAccess access, Http http, Transfer transfer) {
        this.access = access;
        this.http = http;
        this.transfer = transfer;
    }

    /// The commit of a branch or tag; null where there is no such revision. A mirror that keeps no history is asked
    /// in the ways it may know instead, and gives the revision itself or [HubRevision#LISTED].
    @Nullable
    String commit(String repository, String revision, String where)
            throws IOException, InterruptedException, DatasetException {
        URI uri = uri("/api/datasets/" + path(repository) + "/revision/" + segment(revision));
        Http.Page page = http.page(uri, access.token(), where);
        if (page.answer().status() == 404 && !isUnknownDataset(page.answer())) {
            return isUnknownRevision(page.answer()) ? null : withoutHistory(repository, revision, where);
        }
        checkStatus(page, repository, uri, where);
        Object sha = parsed(page.text(), uri, where) instanceof Map<?, ?> facts ? facts.get("sha") : null;
        if (!(sha instanceof String commit) || !HubRevision.isCommit(commit)) {
            throw DatasetException.lasting(where, uri + " answered without a commit (sha)");
        }
        return commit;
    }

    private static boolean isUnknownDataset(Http.Answer answer) {
        return answer.header("x-error-code").orElse("").equals("RepoNotFound");
    }

    private static boolean isUnknownRevision(Http.Answer answer) {
        return answer.header("x-error-code").orElse("").equals("RevisionNotFound");
    }

    private @Nullable String withoutHistory(String repository, String revision, String where)
            throws IOException, InterruptedException, DatasetException {
        String base = "/api/datasets/" + path(repository);
        if (answers(uri(base + "/tree/" + segment(revision) + "?recursive=true"), where)) {
            return revision;
        }
        boolean isListed = revision.equals(HubRevision.CONVERTED) && answers(uri(base + "/parquet"), where);
        return isListed ? HubRevision.LISTED : null;
    }

    private boolean answers(URI uri, String where) throws IOException, InterruptedException, DatasetException {
        return http.page(uri, access.token(), where).answer().status() == 200;
    }

    /// Every file of a commit, as the API's JSON list.
    List<Object> listing(String repository, String commit, String where)
            throws IOException, InterruptedException, DatasetException {
        if (commit.equals(HubRevision.LISTED)) {
            return listed(repository, where);
        }
        var entries = new ArrayList<Object>();
        URI uri = uri("/api/datasets/" + path(repository) + "/tree/" + segment(commit) + "?recursive=true");
        while (uri != null) {
            Http.Page page = http.page(uri, access.token(), where);
            checkStatus(page, repository, uri, where);
            if (!(parsed(page.text(), uri, where) instanceof List<?> list)) {
                throw DatasetException.lasting(where, uri + " did not answer with a list of files");
            }
            entries.addAll(list);
            uri = next(page.answer(), uri);
        }
        return entries;
    }

    // The URLs of the converted files by configuration and split, as entries of a tree.
    private List<Object> listed(String repository, String where)
            throws IOException, InterruptedException, DatasetException {
        URI uri = uri("/api/datasets/" + path(repository) + "/parquet");
        Http.Page page = http.page(uri, access.token(), where);
        checkStatus(page, repository, uri, where);
        var entries = new ArrayList<Object>();
        if (parsed(page.text(), uri, where) instanceof Map<?, ?> configs) {
            configs.forEach((config, splits) -> {
                if (splits instanceof Map<?, ?> bySplit) {
                    bySplit.forEach((split, urls) -> {
                        int shard = 0;
                        for (Object url : urls instanceof List<?> list ? list : List.of()) {
                            String path = String.format(Locale.ROOT, "%s/%s/%04d.parquet", config, split, shard++);
                            entries.add(Map.of("type", "file", "path", path, "url", String.valueOf(url)));
                        }
                    });
                }
            });
        }
        return entries;
    }

    // The token goes to the endpoint only, so must the next page.
    private @Nullable URI next(Http.Answer answer, URI page) {
        Optional<URI> next = answer.header("link")
                .map(NEXT::matcher)
                .filter(Matcher::find)
                .map(found -> page.resolve(found.group(1)));
        return next.filter(uri -> uri.toString().startsWith(access.endpoint() + "/"))
                .orElse(null);
    }

    Path fetch(String repository, String commit, HubFile file, Path target, String where)
            throws IOException, InterruptedException, DatasetException {
        URI uri = file.url() != null
                ? URI.create(file.url())
                : uri("/datasets/" + path(repository) + "/resolve/" + segment(commit) + "/" + path(file.path()));
        Secret token = isOfEndpoint(uri) ? access.token() : null;
        return transfer.fetch(
                new Ask(uri, token, target, file.size(), file.sha256(), where, repository + "/" + file.path()));
    }

    private void checkStatus(Http.Page page, String repository, URI uri, String where) throws DatasetException {
        int status = page.answer().status();
        if (status == 200) {
            return;
        }
        String answered = uri + " answered " + status;
        if (status == 429 || status >= 500) {
            throw DatasetException.temporary(where, answered + ", also when asked again");
        }
        if (status == 401 || status == 403) {
            throw DatasetException.lasting(
                    where,
                    "the dataset " + repository + " is gated, private or not there (" + status
                            + "): accept its terms at "
                            + access.endpoint() + "/datasets/" + repository + " and set "
                            + (access.token() == null
                                    ? "producer.hub.token or HF_TOKEN to a token that may read it"
                                    : "producer.hub.token or HF_TOKEN to another token: the one that is set may not read it"));
        }
        if (status == 404) {
            throw DatasetException.lasting(
                    where, "there is no dataset \"" + repository + "\" at " + access.endpoint() + " (404)");
        }
        throw DatasetException.lasting(where, answered);
    }

    private boolean isOfEndpoint(URI uri) {
        return uri.toString().startsWith(access.endpoint() + "/");
    }

    private static @Nullable Object parsed(byte[] json, URI uri, String where) throws DatasetException {
        try {
            return JsonValues.parse(new String(json, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw DatasetException.temporary(where, uri + " did not answer with JSON: " + e.getMessage());
        }
    }

    private URI uri(String path) {
        return URI.create(access.endpoint() + path);
    }

    private static String path(String path) {
        return String.join(
                "/",
                Pattern.compile("/").splitAsStream(path).map(HubClient::segment).toList());
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
