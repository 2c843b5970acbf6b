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
/// @param tokens of the prompt, a start token that the server adds included, and on most servers the generated one
/// @param generated how many of the last tokens may be generated ones
/// @param promptTokens as the server counts them, 0 where it does not
record Echo(List<Token> tokens, int generated, long promptTokens) {

    /// One token.
    ///
    /// @param logProbability NaN where the server gives none, as for the very first token
    /// @param greedy whether it was the most likely one; null where the server does not say
    record Token(String text, double logProbability, @Nullable Boolean greedy) {

        boolean isUnknown() {
            return Double.isNaN(logProbability);
        }
    }

    /// Where the continuation begins and where it ends.
    record Cut(int from, int to) {}

    static Echo of(JsonNode answer, String server) throws CallEnded {
        JsonNode logprobs = answer.path("choices").path(0).path("logprobs");
        JsonNode texts = logprobs.path("tokens");
        JsonNode values = logprobs.path("token_logprobs");
        if (!texts.isArray() || !values.isArray() || values.size() != texts.size() || texts.isEmpty()) {
            throw new CallEnded(new Completion.Unsupported(server
                    + " gives no log-probabilities of the prompt (echo with logprobs on /completions), which"
                    + " multiple-choice tasks need; vLLM and SGLang do"));
        }
        List<Token> tokens = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            double value = values.get(i).isNumber() ? values.get(i).asDouble() : Double.NaN;
            Boolean greedy = isGreedy(logprobs.path("top_logprobs").path(i), value);
            tokens.add(new Token(texts.get(i).asText(), value, greedy));
        }
        JsonNode usage = answer.path("usage");
        int generated = Math.clamp(usage.path("completion_tokens").asInt(1), 0, tokens.size());
        return new Echo(tokens, generated, usage.path("prompt_tokens").asLong(0));
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

    /// How many of the tokens are the prompt's.
    int size() {
        boolean counted = promptTokens > 0 && promptTokens + generated >= tokens.size();
        return counted ? (int) Math.min(promptTokens, tokens.size()) : tokens.size() - generated;
    }

    /// Where the continuation stands, when the texts of the tokens prove it: they spell the context, then the
    /// continuation, after at most one token that the server put in front. Otherwise null: a token lies across the
    /// border, or the server does not spell tokens as they stand in the text.
    @Nullable
    Cut cut(String context, String continuation) {
        for (int start = 0; start <= 1 && start < tokens.size(); start++) {
            int border = spelt(start, context);
            int end = border < 0 ? -1 : spelt(border, continuation);
            if (end >= tokens.size() - generated) {
                return new Cut(afterUnspelt(border), end);
            }
        }
        return null;
    }

    // A start token may be spelt as nothing at all.
    private int afterUnspelt(int border) {
        Token first = tokens.getFirst();
        return border == 0 && first.text().isEmpty() && first.isUnknown() ? 1 : border;
    }

    /// Where the tokens from `start` on end that spell the text; -1 when they do not.
    private int spelt(int start, String text) {
        int at = 0;
        int token = start;
        while (at < text.length()
                && token < tokens.size()
                && text.startsWith(tokens.get(token).text(), at)) {
            at += tokens.get(token).text().length();
            token++;
        }
        return at == text.length() ? token : -1;
    }

    Output logLikelihood(Cut cut, String server) throws CallEnded {
        double sum = 0;
        boolean known = true;
        boolean greedy = true;
        for (int i = cut.from(); i < cut.to(); i++) {
            Token token = tokens.get(i);
            if (token.isUnknown()) {
                throw new CallEnded(i == 0 ? withoutStartToken(server) : unknown(i, server));
            }
            sum += token.logProbability();
            known &= token.greedy() != null;
            greedy &= Boolean.TRUE.equals(token.greedy());
        }
        return Output.newBuilder()
                .setLogLikelihood(sum)
                .setIsGreedy(known ? Boolean.valueOf(greedy) : null)
                .build();
    }

    private Completion unknown(int token, String server) {
        return new Completion.Broken(
                "malformed_answer", server + " gave no log-probability for token " + token + " of " + tokens.size());
    }

    static Completion withoutStartToken(String server) {
        return new Completion.Unsupported(server
                + " gives no log-probability for the first token of a text without context; set 'prefix' of the model"
                + " to its start token, for example <|endoftext|>");
    }
}
