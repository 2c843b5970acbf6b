package dev.evalfleet.producer.dataset.fetch;

import dev.evalfleet.producer.dataset.DatasetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Brings one file here: goes on where a cut connection ended, checks size and hash, and shows the file only when it
/// is whole.
public final class Transfer {
    private static final int MOST_CUTS = 5;
    private static final long PROGRESS = 1 << 20;

    private final Http http;
    private final long maxBytes;
    private final FetchProgress progress;

    public Transfer(Http http, long maxBytes, FetchProgress progress) {
        this.http = http;
        this.maxBytes = maxBytes;
        this.progress = progress;
    }

    /// The file; one that is there already is used as it is.
    public Path fetch(Ask ask) throws IOException, InterruptedException, DatasetException {
        try (EntryLock _ = EntryLock.of(ask.target())) {
            return Files.isRegularFile(ask.target()) ? ask.target() : fetched(ask);
        }
    }

    /// The file as the server has it now; an older one is replaced when the new one is whole.
    Path refetch(Ask ask) throws IOException, InterruptedException, DatasetException {
        try (EntryLock _ = EntryLock.of(ask.target())) {
            return fetched(ask);
        }
    }

    private Path fetched(Ask ask) throws IOException, InterruptedException, DatasetException {
        Path part = sibling(ask, ".part");
        String expected = null;
        long before = 0;
        for (int cuts = 1; expected == null; cuts++) {
            try {
                expected = Objects.requireNonNullElse(piece(ask, part), "");
            } catch (IOException e) {
                long here = Files.isRegularFile(part) ? Files.size(part) : 0;
                cuts = here > before + PROGRESS ? 1 : cuts;
                before = here;
                if (cuts == MOST_CUTS) {
                    throw e;
                }
                Thread.sleep(http.pause(cuts));
            }
        }
        check(ask, part, expected);
        Files.deleteIfExists(sibling(ask, ".etag"));
        return Files.move(part, ask.target(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path sibling(Ask ask, String ending) {
        return ask.target().resolveSibling(ask.target().getFileName() + ending);
    }

    // Appends what is missing; the hash the server names, where it names one.
    private @Nullable String piece(Ask ask, Path part) throws IOException, InterruptedException, DatasetException {
        Path tagFile = sibling(ask, ".etag");
        String tag = Files.isRegularFile(tagFile) && Files.isRegularFile(part) ? Files.readString(tagFile) : null;
        long here = tag == null ? 0 : Files.size(part);
        Map<String, String> headers =
                here == 0 ? Map.of() : Map.of("Range", "bytes=" + here + "-", "If-Range", Objects.requireNonNull(tag));
        try (Http.Answer answer = http.get(ask.uri(), ask.token(), headers, ask.where())) {
            boolean goesOn = answer.status() == 206
                    && answer.header("content-range").orElse("").startsWith("bytes " + here + "-");
            if (answer.status() == 416 || (answer.status() == 206 && !goesOn)) {
                Files.deleteIfExists(part);
                Files.deleteIfExists(tagFile);
                throw new IOException("the server cannot go on at byte " + here);
            }
            if (answer.status() != 200 && !goesOn) {
                throw Answers.refused(ask, answer);
            }
            long from = goesOn ? here : 0;
            String etag = answer.header("etag")
                    .filter(found -> found.startsWith("\""))
                    .orElse(null);
            if (!goesOn) {
                Files.deleteIfExists(part);
                if (etag == null) {
                    Files.deleteIfExists(tagFile);
                } else {
                    Files.writeString(tagFile, etag);
                }
            }
            long length = answer.headers().firstValueAsLong("content-length").orElse(-1);
            copy(ask, answer, part, from, length < 0 ? ask.size() : from + length);
            return unquoted(answer.linkedHash());
        }
    }

    private void copy(Ask ask, Http.Answer answer, Path part, long from, long total)
            throws IOException, DatasetException {
        refuseLarge(ask, total);
        byte[] buffer = new byte[1 << 16];
        long done = from;
        try (InputStream body = new StallGuard(answer.body(), http.timeout());
                OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int read; (read = body.read(buffer)) >= 0; ) {
                done += read;
                refuseLarge(ask, done);
                out.write(buffer, 0, read);
                progress.at(ask.label(), done, total);
            }
        } catch (DatasetException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        if (total >= 0 && done < total) {
            throw new IOException("the connection ended at byte " + done + " of " + total);
        }
    }

    private void refuseLarge(Ask ask, long bytes) throws DatasetException {
        if (bytes > maxBytes) {
            throw DatasetException.lasting(
                    ask.where(), ask.label() + " is larger than producer.download-limit (" + maxBytes + " bytes)");
        }
    }

    private static @Nullable String unquoted(@Nullable String tag) {
        return tag == null ? null : tag.replace("W/", "").replace("\"", "");
    }

    private static void check(Ask ask, Path part, String named) throws IOException, DatasetException {
        String expected = ask.sha256() != null ? ask.sha256() : named.matches("[0-9a-f]{64}") ? named : null;
        String found = expected == null ? null : sha256(part);
        boolean sized = ask.size() < 0 || Files.size(part) == ask.size();
        if (Objects.equals(expected, found) && sized) {
            return;
        }
        long size = Files.size(part);
        Files.deleteIfExists(part);
        throw DatasetException.temporary(
                ask.where(),
                ask.label() + " came with "
                        + (sized
                                ? "the SHA-256 " + found + " but must have " + expected
                                : size + " bytes but must have " + ask.size())
                        + "; it was thrown away");
    }

    private static String sha256(Path file) throws IOException {
        try (var input = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            byte[] buffer = new byte[1 << 16];
            while (input.read(buffer) >= 0) {
                // the digest sees it
            }
            return HexFormat.of().formatHex(input.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
