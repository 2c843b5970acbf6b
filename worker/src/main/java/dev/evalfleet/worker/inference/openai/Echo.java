package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tokens of a text with their log-probabilities, as a server echoes them.
///
/// @param texts of the prompt's tokens, a start token that the server adds included
/// @param logProbabilities NaN where the server gives none, as for the very first token
/// @param greedy whether each token was the most likely one; null where the server does not say
record Echo(List<String> texts, double[] logProbabilities, @Nullable Boolean[] greedy, long promptTokens) {

    /// Reads an answer. The tokens that were generated, usually one, are left out.
    static Echo of(JsonNode answer, String server) throws CallEnded {
        JsonNode logprobs = answer.path("choices").path(0).path("logprobs");
        JsonNode tokens = logprobs.path("tokens");
        JsonNode values = logprobs.path("token_logprobs");
        if (!tokens.isArray() || !values.isArray() || values.size() != tokens.size() || tokens.isEmpty()) {
            throw new CallEnded(new Completion.Unsupported(server
                    + " gives no log-probabilities of the prompt (echo with logprobs on /completions), which"
                    + " multiple-choice tasks need; vLLM and SGLang do"));
        }
        int generated = answer.path("usage").path("completion_tokens").asInt(1);
        int size = tokens.size() - Math.min(Math.max(generated, 0), tokens.size());
        List<String> texts = new ArrayList<>(size);
        double[] logProbabilities = new double[size];
        @Nullable Boolean[] greedy = new Boolean[size];
        for (int i = 0; i < size; i++) {
            texts.add(tokens.get(i).asText());
            logProbabilities[i] = values.get(i).isNumber() ? values.get(i).asDouble() : Double.NaN;
            greedy[i] = isGreedy(logprobs.path("top_logprobs").path(i), logProbabilities[i]);
        }
        return new Echo(
                texts, logProbabilities, greedy, answer.path("usage").path("prompt_tokens").asLong(size));
    }

    private static @Nullable Boolean isGreedy(JsonNode top, double logProbability) {
        if (!top.isObject() || top.isEmpty()) {
            return null;
        }
        double best = Double.NEGATIVE_INFINITY;
        for (JsonNode value : top) {
            best = Math.max(best, value.asDouble());
        }
        return logProbability == best;
    }

    int size() {
        return texts.size();
    }

    /// How many tokens come before the continuation, when the texts of the tokens prove it: they spell the context,
    /// then the continuation, after at most one token that the server put in front. -1 otherwise: a token lies across
    /// the border, or the server does not spell tokens as they stand in the text.
    int tokensBefore(String context, String continuation) {
        for (int start = 0; start <= 1 && start < size(); start++) {
            int border = spelt(start, context);
            if (border >= 0 && spelt(border, continuation) == size()) {
                return afterUnspelt(border);
            }
        }
        return -1;
    }

    // A start token may be spelt as nothing at all.
    private int afterUnspelt(int border) {
        return border == 0 && texts.getFirst().isEmpty() && Double.isNaN(logProbabilities[0]) ? 1 : border;
    }

    /// Where the tokens from `start` on end that spell the text; -1 when they do not.
    private int spelt(int start, String text) {
        int at = 0;
        int token = start;
        while (at < text.length() && token < size() && text.startsWith(texts.get(token), at)) {
            at += texts.get(token).length();
            token++;
        }
        return at == text.length() ? token : -1;
    }

    /// The log-likelihood of the tokens from `border` on.
    Output from(int border, String server) throws CallEnded {
        double sum = 0;
        Boolean allGreedy = true;
        for (int i = border; i < size(); i++) {
            if (Double.isNaN(logProbabilities[i])) {
                throw new CallEnded(
                        i == 0
                                ? withoutStartToken(server)
                                : new Completion.Broken(
                                        "malformed_answer",
                                        server + " gave no log-probability for token " + i + " of " + size()));
            }
            sum += logProbabilities[i];
            Boolean greedyHere = greedy[i];
            allGreedy = allGreedy == null || greedyHere == null ? null : Boolean.valueOf(allGreedy && greedyHere);
        }
        return Output.newBuilder().setLogLikelihood(sum).setIsGreedy(allGreedy).build();
    }

    static Completion withoutStartToken(String server) {
        return new Completion.Unsupported(server
                + " gives no log-probability for the first token of a text without context; set 'prefix' of the model"
                + " to its start token, for example <|endoftext|>");
    }
}
