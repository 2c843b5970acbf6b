package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartRenderTest {
    private static final Optional<ManifestCheck> CHECK = ManifestCheck.available();

    static List<Path> valueSets() {
        return Chart.valueSets();
    }

    @Test
    void everyManifestPassesAStrictServer() {
        assumeTrue(CHECK.isPresent(), "strict validation skipped: there are no schemas");
        List<JsonNode> manifests = new ArrayList<>();
        valueSets().forEach(values -> manifests.addAll(Chart.manifests(values)));

        assertThat(valueSets()).hasSizeGreaterThanOrEqualTo(12);
        assertThat(CHECK.get().problems(manifests)).isEmpty();
        // Strimzi publishes no schema of users where these are from, and npm has none of it
        assertThat(CHECK.get().unknown(manifests)).allMatch(kind -> kind.startsWith("kafka.strimzi.io/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spec: {scaleTargetRef: {name: x}, maxReplicas: 3, triggers: [{type: kafka, metadata: {}}]} | maxReplicas",
                "spec: {scaleTargetRef: {name: x}, triggers: [{type: kafka, metadata: {lagThreshold: 5}}]} | string"
            })
    void anUnknownKeyAndAnUnquotedTriggerAreRefused(String mistake) {
        assumeTrue(CHECK.isPresent(), "strict validation skipped: there are no schemas");
        String[] parts = mistake.split(" \\| ", 2);
        List<JsonNode> manifests = Chart.parse(
                "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: x}, " + parts[0] + "}");
        assertThat(CHECK.get().problems(manifests)).anyMatch(problem -> problem.contains(parts[1]));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyContainerRunsRestricted(Path values) {
        for (JsonNode manifest : Chart.manifests(values)) {
            JsonNode pod = podOf(manifest);
            if (!pod.isMissingNode()) {
                assertThat(pod.path("automountServiceAccountToken").asBoolean(true))
                        .isFalse();
                assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
                assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                        .isEqualTo("RuntimeDefault");
                for (JsonNode container : containers(pod)) {
                    JsonNode security = container.path("securityContext");
                    assertThat(security.path("readOnlyRootFilesystem").asBoolean())
                            .isTrue();
                    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                            .isFalse();
                    assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyMountHasItsVolumeAndNoNameIsThereTwice(Path values) {
        Set<String> names = new HashSet<>();
        for (JsonNode manifest : Chart.manifests(values)) {
            assertThat(names.add(Chart.label(manifest)))
                    .as(Chart.label(manifest))
                    .isTrue();
            JsonNode pod = podOf(manifest);
            Set<String> volumes = new HashSet<>();
            pod.path("volumes")
                    .forEach(volume -> volumes.add(volume.path("name").asText()));
            pod.at("/volumeClaimTemplates")
                    .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
            manifest.at("/spec/volumeClaimTemplates")
                    .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
            for (JsonNode container : containers(pod)) {
                container.path("volumeMounts").forEach(mount -> assertThat(volumes)
                        .as(Chart.label(manifest))
                        .contains(mount.path("name").asText()));
            }
        }
    }

    @Test
    void theChartLintsClean() {
        LintResult lint = new Helm(Chart.FOLDER).lint().call();
        assertThat(lint.isFailed()).as(lint.getMessages().toString()).isFalse();
    }

    private static JsonNode podOf(JsonNode manifest) {
        JsonNode pod = manifest.at("/spec/template/spec");
        return pod.isMissingNode() ? manifest.at("/spec/jobTemplate/spec/template/spec") : pod;
    }

    private static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> all = new ArrayList<>();
        pod.path("initContainers").forEach(all::add);
        pod.path("containers").forEach(all::add);
        return all;
    }
}
