package dev.evalfleet.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Says what a server with strict field validation would say against manifests.
interface ManifestCheck {
    /// @return what is wrong with them, with kind and name; empty where nothing is
    List<String> problems(List<JsonNode> manifests);

    /// The kinds it knows nothing of.
    List<String> unknown(List<JsonNode> manifests);

    /// The schemas beside the project where they are, else the models of npm where it answers. What was found is
    // printed.
    static Optional<ManifestCheck> available() {
        Path folder = Path.of(System.getProperty("evalfleet.crds", "none"));
        if (Files.isDirectory(folder.resolve("kubernetes-openapi"))) {
            System.out.println(
                    "Manifests are checked against the OpenAPI of Kubernetes 1.35 and the CRDs beside the project");
            return Optional.of(new StrictSchemas(folder));
        }
        Optional<ManifestCheck> npm = NpmModels.installed().map(models -> models);
        System.out.println(
                npm.isPresent()
                        ? "Manifests are checked against the models of npm: there are no schemas in " + folder
                        : "Strict validation skipped: no schemas in " + folder + ", and npm does not answer");
        return npm;
    }
}
