package dev.evalfleet.worker.scoring.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.schemas.metric.BleuScore;
import dev.evalfleet.schemas.metric.ChrfScore;
import dev.evalfleet.schemas.metric.TerScore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// Against sacrebleu, rouge-score, NLTK and SQuAD's script, on the pairs of texts of make_text_metrics.py.
class TextMetricsTest {

    private static JsonNode golden(String name) {
        try (InputStream json = TextMetricsTest.class.getResourceAsStream("/golden/" + name)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(json));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void forEachPair(BiConsumer<JsonNode, List<String>> check) {
        for (JsonNode pair : golden("text_metrics.json")) {
            List<String> references = new ArrayList<>();
            pair.get("references").forEach(reference -> references.add(reference.asText()));
            check.accept(pair, references);
        }
    }

    @Test
    void bleuCountsWhatSacrebleuCounts() {
        forEachPair((pair, references) -> {
            String hypothesis = pair.get("hypothesis").asText();
            JsonNode bleu = pair.get("bleu");
            check(pair, bleu, Bleu.statistics(hypothesis, references));
            check(pair, pair.path("intl"), bleu, Bleu.statistics(hypothesis, references, BleuTokenizer.INTL));
            check(pair, pair.path("none"), bleu, Bleu.statistics(hypothesis, references, BleuTokenizer.NONE));
        });
    }

    @Test
    void chrfCountsWhatSacrebleuCounts() {
        forEachPair((pair, references) -> {
            String hypothesis = pair.get("hypothesis").asText();
            double[] plusPlus = numbers(pair.get("chrf++"));
            double[] chrf = pair.has("chrf") ? numbers(pair.get("chrf")) : Arrays.copyOf(plusPlus, 18);
            assertThat(Chrf.plusPlusStatistics(hypothesis, references))
                    .as(pair.toString())
                    .isEqualTo(plusPlus);
            assertThat(Chrf.statistics(hypothesis, references))
                    .as(pair.toString())
                    .isEqualTo(chrf);
        });
    }

    @Test
    void terEditsAreSacrebleusShiftsIncluded() {
        forEachPair((pair, references) -> checkClose(
                pair, pair.get("ter"), Ter.statistics(pair.get("hypothesis").asText(), references)));
    }

    @Test
    void sentencesScoreAsInSacrebleu() {
        forEachPair((pair, references) -> {
            String hypothesis = pair.get("hypothesis").asText();
            double[] ter = Ter.statistics(hypothesis, references);
            checkClose(
                    pair,
                    pair.get("sentence"),
                    BleuScore.ofSentence(Bleu.statistics(hypothesis, references)),
                    ChrfScore.of(Chrf.statistics(hypothesis, references)),
                    ChrfScore.of(Chrf.plusPlusStatistics(hypothesis, references)),
                    TerScore.of(ter[0], ter[1]));
        });
    }

    @Test
    void rougeIsThatOfRougeScore() {
        forEachPair((pair, references) -> {
            String hypothesis = pair.get("hypothesis").asText();
            JsonNode plain = pair.get("plain");
            checkClose(pair, plain, rouge(Rouge.plain(), references.getFirst(), hypothesis));
            checkClose(
                    pair,
                    pair.has("stemmed") ? pair.get("stemmed") : plain,
                    rouge(Rouge.stemmed(), references.getFirst(), hypothesis));
        });
    }

    @Test
    void tokenF1IsThatOfSquad() {
        forEachPair((pair, references) -> checkClose(
                pair,
                new ObjectMapper().createArrayNode().add(pair.get("f1")),
                TokenF1.of(pair.get("hypothesis").asText(), references.getFirst())));
    }

    @Test
    void stemsAreThoseOfNltk() {
        golden("porter_stems.json").properties().forEach(entry -> assertThat(PorterStemmer.stem(entry.getKey()))
                .as(entry.getKey())
                .isEqualTo(entry.getValue().asText()));
    }

    // About 0.3 s on an idle machine; the true search would take hours.
    @Test
    void longTextsAreBounded() {
        Random random = new Random(1);
        String one = words(random, 2000, 300);
        String other = words(random, 2000, 300);

        assertThat(timeOf(() -> {
                    Ter.statistics(one, List.of(other));
                    Chrf.statistics(one, List.of(other));
                    Bleu.statistics(one, List.of(other));
                    Rouge.stemmed().ofLongestSubsequence(one, other);
                }))
                .isLessThan(Duration.ofSeconds(60));
    }

    private static String words(Random random, int count, int vocabulary) {
        return IntStream.range(0, count)
                .mapToObj(_ -> "w" + random.nextInt(vocabulary))
                .collect(Collectors.joining(" "));
    }

    private static Duration timeOf(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static double[] rouge(Rouge rouge, String target, String prediction) {
        Rouge.Score one = rouge.ofNgrams(1, target, prediction);
        return new double[] {
            one.precision(),
            one.recall(),
            one.fmeasure(),
            rouge.ofNgrams(2, target, prediction).fmeasure(),
            rouge.ofLongestSubsequence(target, prediction).fmeasure()
        };
    }

    private static void check(JsonNode pair, JsonNode wanted, JsonNode otherwise, double[] actual) {
        check(pair, wanted.isMissingNode() ? otherwise : wanted, actual);
    }

    private static void check(JsonNode pair, JsonNode wanted, double[] actual) {
        assertThat(actual).as(pair.toString()).isEqualTo(numbers(wanted));
    }

    private static void checkClose(JsonNode pair, JsonNode wanted, double... actual) {
        double[] numbers = numbers(wanted);
        assertThat(actual).as(pair.toString()).hasSameSizeAs(numbers);
        for (int i = 0; i < numbers.length; i++) {
            assertThat(actual[i]).as(pair.toString()).isCloseTo(numbers[i], within(1e-11 * Math.max(1, numbers[i])));
        }
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }
}
