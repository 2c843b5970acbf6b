package dev.evalfleet.local.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.local.Home;
import dev.evalfleet.producer.request.RequestJson;
import dev.evalfleet.producer.task.TaskReader;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.producer.yaml.YamlException;
import dev.evalfleet.producer.yaml.YamlReader;
import dev.evalfleet.runtime.python.RegexException;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.FilteredOutput;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.wire.AvroSerde;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import dev.evalfleet.schemas.wire.UndecodableException;
import dev.evalfleet.schemas.wire.WireFormat;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import dev.evalfleet.worker.inference.openai.http.ResponseBytes;
import dev.evalfleet.worker.inference.openai.http.ServerSentEvents;
import dev.evalfleet.worker.scoring.ScoringException;
import dev.evalfleet.worker.scoring.filter.AnswerFilters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A hang fails by the timeout, which is far above what a slow machine takes.
@Timeout(240)
class FuzzTest {
    private static final List<String> FUNCTIONS = List.of(
            "take_first",
            "take_first_k",
            "majority_vote",
            "regex",
            "multi_choice_regex",
            "remove_whitespace",
            "lowercase",
            "uppercase",
            "map",
            "format_span",
            "regex_pos",
            "no_such_filter");

    @Test
    void recordsInTheWireFormat() {
        var registry = new InMemorySchemaRegistry();
        AvroSerde<SampleResult> serde = AvroSerde.of(SampleResult.class, "results-value", registry);
        AvroSerde<EvalRequest> others = AvroSerde.of(EvalRequest.class, "requests-value", registry);
        List<byte[]> good = new ArrayList<>(List.of(serde.toBytes(result()), others.toBytes(request())));
        for (String hostile : List.of(
                "{\"type\": \"array\", \"items\": \"null\"}",
                "{\"type\": \"map\", \"values\": \"null\"}",
                "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"r\", \"type\": [\"R\", \"null\"]}]}",
                "\"string\"",
                "\"bytes\"")) {
            int id = registry.register("hostile-" + good.size(), new Schema.Parser().parse(hostile));
            good.add(WireFormat.frame(id, new byte[] {-2, -1, -1, -1, 15, 0, 0, 0, 0}));
        }

        int refused = new Fuzz(1, good, List.of())
                .each((input, _) -> serde.fromBytes(input), Set.of(UndecodableException.class));

        assertThat(refused).isBetween(1000, Fuzz.INPUTS - 100);
    }

    @Test
    void requestsInAvro() {
        AvroSerde<EvalRequest> serde = AvroSerde.of(EvalRequest.class, "requests-value", new InMemorySchemaRegistry());

        int refused = new Fuzz(2, List.of(serde.toBytes(request())), List.of())
                .each((input, _) -> serde.fromBytes(input), Set.of(UndecodableException.class));

        assertThat(refused).isBetween(1000, Fuzz.INPUTS - 100);
    }

    @Test
    void requestsInJson() {
        byte[] good =
                """
                {"requestId": "r-1", "tasks": ["skills_add"], "models": ["m"], "limit": 0.5, "numFewshot": 3,
                 "inlineTasks": {"t": "task: t"}, "variants": [{"name": "a", "generation": {"temperature": "0.5"}}],
                 "baseline": {"kind": "MODEL", "value": "m"}, "capture": "HASH", "labels": {"step": "1"}}
                """
                        .getBytes(StandardCharsets.UTF_8);
        List<String> words = List.of(
                "[[[[[[[[",
                "{\"a\":",
                "null",
                "1e999",
                "-0",
                "9".repeat(2000),
                "99999999999",
                "1e3",
                "\\ud800",
                "NaN",
                "\"");

        int refused = new Fuzz(3, List.of(good), words)
                .each(
                        (input, _) -> {
                            var problems = new Problems();
                            if (RequestJson.read(input, "r-1", problems) == null) {
                                assertThat(problems.isEmpty()).isFalse();
                                throw new Refused();
                            }
                        },
                        Set.of(Refused.class, UndecodableException.class));

        assertThat(refused).isBetween(1000, Fuzz.INPUTS - 100);
    }

    @Test
    void taskYaml() throws IOException {
        List<byte[]> good = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Home.find().tasks())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                good.add(Files.readAllBytes(file));
            }
        }
        List<String> words = List.of(
                "&a [*a, *a]\n",
                "<<: *a\n",
                "<<: [*a, *a]\n",
                "? ",
                "!function x.y",
                "!!binary ",
                "- - - -",
                "{{ x }}",
                "{% for a in b %}",
                "{{ ((((",
                "regex_pattern: \"(a+)+$\"\n",
                "repeats: 99999999999\n",
                "filter_list:\n  - name: x\n    filter:\n      - function: regex\n",
                "metric_list: 1\n",
                "0x",
                "1_000",
                "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n");

        int refused = new Fuzz(4, good, words)
                .each(
                        (input, _) -> TaskReader.read(
                                YamlReader.parse(new String(input, StandardCharsets.UTF_8), "fuzz.yaml"), null),
                        Set.of(YamlException.class));

        assertThat(refused).isBetween(500, Fuzz.INPUTS - 100);
    }

    @Test
    void streamsOfServerSentEvents() {
        byte[] good =
                """
                : comment
                event: message
                id: 7
                data: {"choices": [{"delta": {"content": "4"}}]}

                data: {"choices": [{"delta": {"content": "6"}, "finish_reason": "stop"}]}\r
                \r
                data: one
                data: two

                data: [DONE]

                """
                        .getBytes(StandardCharsets.UTF_8);

        int refused = new Fuzz(5, List.of(good), List.of("\r", "\n\n", "data:", "\0", ": ", "data: x\r\n"))
                .each(FuzzTest::readStream, Set.of(CallEnded.class));

        assertThat(refused).isZero();
    }

    @Test
    void filtersOnAnswers() {
        List<byte[]> answers = Stream.of(
                        "The answer is (B).",
                        "#### 1,234.5",
                        "Person: Ann $ Loc: Rome, Oslo\nOrg: none",
                        "[('dog', 'NOUN'), ('runs', 'VERB')]",
                        "a".repeat(40) + "!")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        List<byte[]> patterns = Stream.of(
                        "#### (\\-?[0-9\\.\\,]+)",
                        "(?P<n>\\d+)\\s*$|\\b([A-D])\\b",
                        "\\((?:[A-D])\\)",
                        "(?i)answer is[^.]{0,40}\\.",
                        "boxed{(.*)}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        var ofPatterns = new Fuzz(
                6,
                patterns,
                List.of(
                        "(",
                        ")",
                        "[",
                        "\\",
                        "{3,5}",
                        "{99999999999}",
                        "(?P<",
                        "(?#",
                        "\\p",
                        "|",
                        "\\Q",
                        "&&",
                        "(?<=a*)"));

        int refused = new Fuzz(7, answers, List.of("(A)", "$", ",", "\u0000", "PER: "))
                .each(
                        (input, random) -> AnswerFilters.apply(
                                pipeline(ofPatterns.text(random), random),
                                List.of(new String(input, StandardCharsets.UTF_8), "B"),
                                sample()),
                        Set.of(RegexException.class, ScoringException.class));

        assertThat(refused).isBetween(500, Fuzz.INPUTS - 500);
    }

    /// Refused as it should be.
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused() {
            super(null, null, false, false);
        }
    }

    private static FilterPipeline pipeline(String pattern, RandomGenerator random) {
        List<FilterStep> steps = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            ObjectNode arguments = JsonNodeFactory.instance.objectNode();
            arguments.put("regex_pattern", pattern).put("group_select", random.nextInt(-3, 4));
            arguments.put("k", random.nextInt(1, 4)).put("ignore_case", random.nextBoolean());
            arguments.putArray("regexes_to_ignore").add(pattern);
            arguments.putObject("mapping_dict").put("B", "right");
            steps.add(new FilterStep(FUNCTIONS.get(random.nextInt(FUNCTIONS.size())), arguments.toString()));
        }
        return new FilterPipeline("fuzz", steps);
    }

    private static void readStream(byte[] input, RandomGenerator random) throws Exception {
        var bytes = new ResponseBytes();
        bytes.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                // everything is there already
            }

            @Override
            public void cancel() {
                // nobody else reads
            }
        });
        for (int at = 0; at < input.length; ) {
            int end = Math.min(input.length, at + 1 + random.nextInt(60));
            bytes.onNext(List.of(ByteBuffer.wrap(input, at, end - at)));
            at = end;
        }
        bytes.onComplete();
        var events = new ServerSentEvents(bytes);
        while (events.next(Duration.ofSeconds(5)) != null) {
            // what they say is the next one's business
        }
    }

    private static EvalRequest request() {
        return EvalRequest.newBuilder()
                .setRequestId("r-1")
                .setTasks(List.of("skills_add", "gsm8k"))
                .setModels(List.of("m", "n"))
                .setInlineTasks(Map.of("t", "task: t\n"))
                .setLabels(Map.of("step", "100"))
                .setLimit(10.0)
                .setSubmittedAt(Instant.EPOCH)
                .build();
    }

    private static SampleResult result() {
        return SampleResult.newBuilder()
                .setRunId("r-1/t/m")
                .setRequestId("r-1")
                .setTask("t")
                .setModel("m")
                .setDocumentId("d")
                .setDocIndex(1)
                .setPosition(1)
                .setPairGroup("r-1/t")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.SCORED)
                .setOutputs(List.of(Output.newBuilder().setText("46").build()))
                .setFiltered(List.of(new FilteredOutput("none", List.of("46"))))
                .setScores(List.of(new Score("exact_match", "none", 1.0, List.of())))
                .setCompletedAt(Instant.EPOCH)
                .build();
    }

    private static Sample sample() {
        return Sample.newBuilder()
                .setRunId("r-1/t/m")
                .setRequestId("r-1")
                .setTask("t")
                .setModel("m")
                .setDocumentId("d")
                .setDocIndex(1)
                .setPosition(1)
                .setPairGroup("r-1/t")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setPrompt("21+25=")
                .setGeneration(GenerationParams.newBuilder().build())
                .setDocument("{\"choices\": [\"red\", \"blue\", \"(green\"]}")
                .setCreatedAt(Instant.EPOCH)
                .build();
    }
}
