package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a chart must not let through: each is refused before anything is installed, with what to change.
class ChartRefusalTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "maxReplicas: 65 | maxReplicas 65 is more than the 64 partitions of its topic",
                "minReplicas: 9 | minReplicas 9 is more than maxReplicas 8",
                "lowMark: 100 | lowMark 100 is below lagThreshold x maxReplicas = 256",
                "highMark: 200 | the window, highMark 200, is below lagThreshold x maxReplicas = 256",
                "terminationGraceSeconds: 60 | terminationGraceSeconds 60 must be longer than drainSeconds 60",
                "modelServer: {preset: vllm, model: m} | has a modelServer and an endpoint: choose one",
                "backend: djl | model \"big\" needs a path",
            })
    void aPoolThatContradictsItself(String key, String sentence) {
        refused(
                "pools: [{name: p, models: [{name: big}], endpoint: {urls: [\"http://llm/v1\"]}, " + key + "}]",
                sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pools: [{name: p, models: [{name: m}]}] | backend openai needs a modelServer (a sidecar) or an endpoint",
                "pools: [{name: p, models: [{name: m}], modelServer: {preset: vlm}}] | there is no preset \"vlm\"",
                "pools: [{name: p, models: [{name: m}], gpu: {count: 1}, modelServer: {preset: vllm, tensorParallelSize: 2}}] | tensorParallelSize 2 needs as many GPUs, but gpu.count is 1",
                "pools: [{name: p, backend: djl, gpu: {count: 1}, models: [{name: m, path: /m}]}] | its worker image has no CUDA: set cuda: true",
                "pools: [{name: p, models: [{name: m}], gpu: {count: 2}, modelServer: {image: i, port: 1, tensorParallelSize: 2}}] | tensorParallelSize is an argument of the preset vllm",
                "topics: {manage: job, strimzi: {cluster: c, users: true}} | makes no user that may create topics",
                "kafka: {auth: {type: plain}} | no secret is named for producer",
                "kafka: {tls: {enabled: true}} | kafka.tls.enabled needs kafka.tls.caSecret",
                "registry: {auth: {type: bearer}} | registry.auth.secret names no secret",
                "topics: {manage: strimzi} | topics.strimzi.cluster must name the Kafka resource",
                "topics: {strimzi: {cluster: c, users: true}} | makes users for scram-sha-512 or tls, but kafka.auth.type is none",
                "dashboard: {tokenSecret: ''} | dashboard.tokenSecret must name a secret",
                "dashboard: {ingress: {enabled: true, host: h}} | dashboard.ingress needs host and tlsSecret",
                "aggregator: {replicas: 1} | aggregator.standbyReplicas 1 needs more than 1 replicas",
                "schedules: [{name: daily, schedule: '@daily', request: {tasks: [t], models: [m]}}] | asks for model \"m\", which no pool serves",
            })
    void valuesThatContradictThemselves(String values, String sentence) {
        refused(values, sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "producers: {replicas: 2} | producers",
                "producer: {replicas: two} | replicas",
                "pools: [{name: Upper, models: [{name: m}]}] | name",
                "pools: [{name: p, models: []}] | models",
                "pools: [{name: p, models: [{name: m}], lagTreshold: 3}] | lagTreshold",
                "kafka: {auth: {type: kerberos}} | type",
                "schedules: [{name: daily, schedule: nightly, request: {tasks: [t], models: [m]}}] | schedule",
            })
    void aMistakeInAValueIsNamed(String values, String named) {
        refused(values, named);
    }

    private void refused(String values, String sentence) {
        Path file = folder.resolve("values.yaml");
        try {
            Files.writeString(file, values);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThatThrownBy(() -> Chart.text(file)).hasMessageContaining(sentence);
    }
}
