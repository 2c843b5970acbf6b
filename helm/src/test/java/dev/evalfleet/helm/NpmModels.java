package dev.evalfleet.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The models of Kubernetes, KEDA, the prometheus-operator and Argo Workflows that npm has, with `schemas/check.mjs`.
/// They are newer or older than the cluster one has in mind; what they lack (Strimzi) goes unchecked.
record NpmModels(Path folder) implements ManifestCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER =
            Chart.FOLDER.resolve("../schemas").toAbsolutePath().normalize();
    private static final long INSTALLED_WITHIN_SECONDS = 120;
    private static final long CHECKED_WITHIN_SECONDS = 180;

    /// Those that were installed before.
    static Optional<NpmModels> ifThere() {
        return Files.exists(FOLDER.resolve("node_modules/.package-lock.json"))
                ? Optional.of(new NpmModels(FOLDER))
                : Optional.empty();
    }

    /// Installs them where they are not there yet.
    static Optional<NpmModels> installed() {
        if (ifThere().isPresent()) {
            return ifThere();
        }
        try {
            Process npm = new ProcessBuilder(
                            "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--silent")
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = npm.waitFor(INSTALLED_WITHIN_SECONDS, TimeUnit.SECONDS);
            npm.destroyForcibly();
            return ended && npm.exitValue() == 0 ? Optional.of(new NpmModels(FOLDER)) : Optional.empty();
        } catch (IOException noNpm) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public List<String> problems(List<JsonNode> manifests) {
        return texts(check(manifests).path("problems"));
    }

    @Override
    public List<String> unknown(List<JsonNode> manifests) {
        return texts(check(manifests).path("unknown"));
    }

    private JsonNode check(List<JsonNode> manifests) {
        try {
            File in = Files.createTempFile("manifests", ".json").toFile();
            File out = Files.createTempFile("checked", ".json").toFile();
            JSON.writeValue(in, manifests);
            Process node = new ProcessBuilder("node", "check.mjs")
                    .directory(folder.toFile())
                    .redirectInput(in)
                    .redirectOutput(out)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            boolean ended = node.waitFor(CHECKED_WITHIN_SECONDS, TimeUnit.SECONDS);
            node.destroyForcibly();
            if (!ended || node.exitValue() != 0) {
                throw new AssertionError(
                        "schemas/check.mjs failed, or was not done in " + CHECKED_WITHIN_SECONDS + " s");
            }
            JsonNode answer = JSON.readTree(out);
            Files.delete(in.toPath());
            Files.delete(out.toPath());
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
