package dev.evalfleet.worker.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A server is played by a tokeniser: token i of a text has log-probability -i.
class LogLikelihoodsTest {

    private final List<String> echoed = new ArrayList<>();

    @Test
    void theTokensAfterTheContextAreSummed() throws Exception {
        Tokenizer words = text -> List.of(text.split("(?<=\\S)(?= )"));

        Output output = ask(words, new Question("one two", " three four"));
        assertThat(output.getLogLikelihood()).isEqualTo(-5.0, within(1e-9)); // tokens 2 and 3
        assertThat(echoed).containsExactly("one two three four");
    }

    @Test
    void whitespaceAtTheEndOfTheContextBelongsToTheContinuation() throws Exception {
        Tokenizer words = text -> List.of(text.split("(?<=\\S)(?= )"));

        assertThat(ask(words, new Question("one two ", "three")).getLogLikelihood())
                .isEqualTo(ask(words, new Question("one two", " three")).getLogLikelihood());
    }

    @Test
    void aStartTokenTheServerAddsIsPartOfTheContext() throws Exception {
        Tokenizer words = text -> {
            List<String> tokens = new ArrayList<>(List.of("<s>"));
            tokens.addAll(List.of(text.split("(?<=\\S)(?= )")));
            return tokens;
        };

        assertThat(ask(words, new Question("one", " two")).getLogLikelihood()).isEqualTo(-2.0);
        assertThat(ask(words, new Question("", "one two")).getLogLikelihood()).isEqualTo(-3.0);
    }

    // "ab" alone is one token; "abcd" is "a", "bc", "d": as in the harness, the continuation is what follows one token.
    private static final Tokenizer MERGING = text -> switch (text) {
        case "ab" -> List.of("ab");
        case "abcd" -> List.of("a", "bc", "d");
        default -> List.of(text);
    };

    @Test
    void aTokenAcrossTheBorderIsSettledByCountingTheContextAlone() throws Exception {
        assertThat(ask(MERGING, new Question("ab", "cd")).getLogLikelihood()).isEqualTo(-3.0);
        assertThat(echoed).containsExactly("abcd", "ab");
    }

    @Test
    void aServerThatTellsTokensIsSentThoseThatTheHarnessSends() throws Exception {
        LogLikelihoods asked = new LogLikelihoods(
                server(MERGING, Map.of("ab", List.of(12L), "abcd", List.of(1L, 23L, 4L))), "server", null);

        assertThat(asked.of(new Question("ab", "cd")).getLogLikelihood()).isEqualTo(-3.0);
        assertThat(echoed).containsExactly("abcd", "[12,23,4]");
    }

    @Test
    void tokensThatDoNotSpellTheTextAreCountedByTheServerThatTellsThem() throws Exception {
        Tokenizer pieces = text -> text.chars().mapToObj(c -> "?").toList();
        LogLikelihoods asked = new LogLikelihoods(
                server(pieces, Map.of("xy", List.of(7L, 8L), "xyz", List.of(7L, 8L, 9L))), "server", null);

        assertThat(asked.of(new Question("xy", "z")).getLogLikelihood()).isEqualTo(-2.0);
        assertThat(echoed).containsExactly("xyz");
    }

    @Test
    void tokensThatDoNotSpellTheTextAreCounted() throws Exception {
        Tokenizer pieces = text -> text.chars().mapToObj(c -> "?").toList();

        assertThat(ask(pieces, new Question("xy", "z")).getLogLikelihood()).isEqualTo(-2.0);
        assertThat(echoed).containsExactly("xyz", "xy");
    }

    @Test
    void withoutContextAndStartTokenThePrefixIsUsed() throws Exception {
        Tokenizer characters =
                text -> text.chars().mapToObj(Character::toString).toList();

        LogLikelihoods asked = new LogLikelihoods(server(characters, Map.of()), "server", "#");
        assertThat(asked.of(new Question("", "ab")).getLogLikelihood()).isEqualTo(-3.0);
        assertThat(echoed).containsExactly("#ab");
    }

    @Test
    void withoutContextStartTokenAndPrefixTheServerCannotDoIt() {
        Tokenizer characters =
                text -> text.chars().mapToObj(Character::toString).toList();

        assertThat(failure(characters, new Question("", "ab")))
                .isInstanceOfSatisfying(Completion.Unsupported.class, unsupported -> assertThat(unsupported.reason())
                        .contains("prefix"));
    }

    @Test
    void greedyMeansThatEveryTokenWasTheMostLikely() throws Exception {
        Tokenizer characters =
                text -> text.chars().mapToObj(Character::toString).toList();

        assertThat(ask(characters, new Question("x", "ab")).getIsGreedy()).isTrue();
        assertThat(ask(characters, new Question("x", "a!b")).getIsGreedy()).isFalse();
        assertThat(ask(characters, new Question("x", "a?b")).getIsGreedy()).isNull();
    }

    @Test
    void aServerThatDoesNotEchoCannotDoIt() {
        Tokenizer nothing = _ -> List.of();

        assertThat(failure(nothing, new Question("a", "b"))).isInstanceOf(Completion.Unsupported.class);
    }

    @Test
    void aServerThatLeavesOutTheGeneratedTokenIsReadToTheEnd() throws Exception {
        Tokenizer characters =
                text -> text.chars().mapToObj(Character::toString).toList();
        LogLikelihoods.Server whole = server(characters, Map.of());
        LogLikelihoods asked = new LogLikelihoods(
                new LogLikelihoods.Server() {
                    @Override
                    public JsonNode echo(JsonNode prompt) throws CallEnded, InterruptedException {
                        JsonNode answer = whole.echo(prompt);
                        answer.at("/choices/0/logprobs").forEach(list -> ((ArrayNode) list).remove(list.size() - 1));
                        return answer;
                    }

                    @Override
                    public @Nullable List<Long> tokens(String text) {
                        return null;
                    }
                },
                "server",
                null);

        assertThat(asked.of(new Question("x", "abc")).getLogLikelihood()).isEqualTo(-6.0);
    }

    @Test
    void theBackendAsksOnCompletionsAndCountsPromptTokens() {
        try (FakeServer server = new FakeServer();
                OpenAiBackend backend =
                        OpenAiSettings.of("m", server.base(), null).open()) {
            Tokenizer characters =
                    text -> text.chars().mapToObj(Character::toString).toList();
            server.will(
                    FakeServer.json(200, echo(characters, "Q: a").toString()),
                    FakeServer.json(200, echo(characters, "Q: bc").toString()));

            Completion completion = backend.logLikelihoods(
                    List.of(new Question("Q:", " a"), new Question("Q:", " bc")), new Cancellation());

            assertThat(completion).isInstanceOfSatisfying(Completion.Answered.class, answer -> {
                assertThat(answer.outputs())
                        .extracting(Output::getLogLikelihood)
                        .containsExactly(-5.0, -9.0);
                assertThat(answer.promptTokens()).isEqualTo(9);
            });
            assertThat(server.lastBody())
                    .hasToString("{\"model\":\"m\",\"prompt\":\"Q: bc\",\"echo\":true,\"logprobs\":1,"
                            + "\"max_tokens\":1,\"temperature\":0}");
        }
    }

    @Test
    void theBackendAsksForTokensOnceWhereThereAreNone() {
        try (FakeServer server = new FakeServer();
                OpenAiBackend backend =
                        OpenAiSettings.of("m", server.base(), null).open()) {
            server.will(
                    FakeServer.json(200, echo(MERGING, "abcd").toString()),
                    FakeServer.json(404, "{\"detail\":\"Not Found\"}"),
                    FakeServer.json(200, echo(MERGING, "ab").toString()),
                    FakeServer.json(200, echo(MERGING, "abcd").toString()),
                    FakeServer.json(200, echo(MERGING, "ab").toString()));
            Question across = new Question("ab", "cd");

            assertThat(backend.logLikelihoods(List.of(across, across), new Cancellation()))
                    .isInstanceOfSatisfying(Completion.Answered.class, answer -> assertThat(answer.outputs())
                            .extracting(Output::getLogLikelihood)
                            .containsExactly(-3.0, -3.0));
        }
    }

    @Test
    void anEndpointForChatsOnlyIsToldApartFromOneThatIsAway() {
        try (FakeServer server = new FakeServer();
                OpenAiBackend backend =
                        OpenAiSettings.of("m", server.base(), null).open()) {
            List<Question> questions = List.of(new Question("ab", "cd"));
            server.will(FakeServer.json(404, "{}"), FakeServer.json(200, "{\"choices\":[]}"));
            assertThat(backend.logLikelihoods(questions, new Cancellation()))
                    .isInstanceOfSatisfying(
                            Completion.Unsupported.class, unsupported -> assertThat(unsupported.reason())
                                    .contains("answers chats but has no /completions (404)", "multiple-choice"));

            server.will(FakeServer.json(404, "{}"));
            assertThat(backend.logLikelihoods(questions, new Cancellation()))
                    .as("the chat is not asked again")
                    .isInstanceOf(Completion.Unsupported.class);
        }
        try (FakeServer server = new FakeServer();
                OpenAiBackend backend =
                        OpenAiSettings.of("m", server.base(), null).open()) {
            List<Question> questions = List.of(new Question("ab", "cd"));
            server.will(FakeServer.json(404, "{}"), FakeServer.json(404, "{}"));
            assertThat(backend.logLikelihoods(questions, new Cancellation()))
                    .isInstanceOf(Completion.Unavailable.class);
        }
    }

    @Test
    void theBackendSendsTheTokensItWasTold() {
        try (FakeServer server = new FakeServer();
                OpenAiBackend backend =
                        OpenAiSettings.of("m", server.base(), null).open()) {
            server.will(
                    FakeServer.json(200, echo(MERGING, "abcd").toString()),
                    FakeServer.json(200, "{\"tokens\":[12]}"),
                    FakeServer.json(200, "{\"tokens\":[1,23,4]}"),
                    FakeServer.json(200, echo(_ -> List.of("ab", "bc", "d"), "").toString()));

            backend.logLikelihoods(List.of(new Question("ab", "cd")), new Cancellation());

            assertThat(server.lastBody().get("prompt")).hasToString("[12,23,4]");
        }
    }

    /// How a server cuts a text.
    @FunctionalInterface
    private interface Tokenizer {
        List<String> tokens(String text);
    }

    private Output ask(Tokenizer tokenizer, Question question) throws Exception {
        return new LogLikelihoods(server(tokenizer, Map.of()), "server", null).of(question);
    }

    /// @param ids the tokens of the texts of which the server tells them
    private LogLikelihoods.Server server(Tokenizer tokenizer, Map<String, List<Long>> ids) {
        return new LogLikelihoods.Server() {
            @Override
            public JsonNode echo(JsonNode prompt) {
                if (prompt.isTextual()) {
                    return LogLikelihoodsTest.this.echo(tokenizer, prompt.asText());
                }
                List<String> given = new ArrayList<>();
                prompt.forEach(id -> given.add(id.asText()));
                return LogLikelihoodsTest.this.echo(_ -> given, prompt.toString());
            }

            @Override
            public @Nullable List<Long> tokens(String text) {
                return ids.get(text);
            }
        };
    }

    private @Nullable Completion failure(Tokenizer tokenizer, Question question) {
        try {
            ask(tokenizer, question);
            return null;
        } catch (CallEnded e) {
            return e.completion();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode echo(Tokenizer tokenizer, String text) {
        echoed.add(text);
        List<String> tokens = new ArrayList<>(tokenizer.tokens(text));
        tokens.add("generated");
        ObjectNode answer = Json.object();
        ObjectNode logprobs = answer.putArray("choices").addObject().putObject("logprobs");
        ArrayNode texts = logprobs.putArray("tokens");
        ArrayNode values = logprobs.putArray("token_logprobs");
        ArrayNode top = logprobs.putArray("top_logprobs");
        for (int i = 0; i < tokens.size(); i++) {
            texts.add(tokens.get(i));
            if (i == 0) {
                values.addNull();
                top.addNull();
            } else {
                values.add(-(double) i);
                switch (tokens.get(i)) {
                    case "!" -> top.addObject().put("other", -0.5).put("!", -(double) i);
                    case "?" -> top.addNull();
                    default -> top.addObject().put(tokens.get(i), -(double) i);
                }
            }
        }
        answer.putObject("usage").put("prompt_tokens", tokens.size() - 1).put("completion_tokens", 1);
        return answer;
    }
}
