package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers log-likelihood questions by echo, with the harness's cut: the whole text is tokenised, and the continuation
/// is what comes after as many tokens as the context has alone.
///
/// The server tokenises, so the cut is found from the texts of the echoed tokens. A token boundary exactly at the end
/// of the context means that the context has these tokens alone, too: neither merges nor the best segmentation cross
/// it. Where no boundary is there, or the texts do not spell the prompt (bytes of a character, other spaces), the
/// server is asked for the tokens of both, and is sent those of the context followed by the rest of the whole text's,
/// as the harness does. One that cannot tell tokens (`/tokenize`) is sent the context once more, alone, to count its
/// tokens. Offsets (`text_offset`) are not used: some servers leave them out, others count a start token that is not
/// part of the text.
final class LogLikelihoods {

    /// What a server is asked.
    interface Server {
        /// A prompt, a text or an array of tokens, sent for its echo.
        JsonNode echo(JsonNode prompt) throws CallEnded, InterruptedException;

        /// The tokens of a text as a prompt, a start token included; null when the server cannot tell.
        @Nullable
        List<Long> tokens(String text) throws CallEnded, InterruptedException;
    }

    private final Server server;
    private final String name;
    private final @Nullable String prefix;
    private long promptTokens;

    LogLikelihoods(Server server, String name, @Nullable String prefix) {
        this.server = server;
        this.name = name;
        this.prefix = prefix;
    }

    Output of(Question question) throws CallEnded, InterruptedException {
        Question asked = question.tokenizable();
        String context = asked.context().isEmpty() && prefix != null ? prefix : asked.context();
        String text = context + asked.continuation();
        Echo whole = echo(TextNode.valueOf(text));
        Echo.Cut cut = whole.cut(context, asked.continuation());
        return cut == null ? acrossTokens(context, text, whole) : whole.logLikelihood(cut, name);
    }

    private Output acrossTokens(String context, String text, Echo whole) throws CallEnded, InterruptedException {
        if (context.isEmpty()) {
            throw new CallEnded(Echo.withoutStartToken(name));
        }
        List<Long> given = server.tokens(context);
        List<Long> all = given == null ? null : server.tokens(text);
        if (given == null || all == null) {
            int border = Math.min(echo(TextNode.valueOf(context)).size(), whole.size());
            return whole.logLikelihood(new Echo.Cut(border, whole.size()), name);
        }
        int border = Math.min(given.size(), all.size());
        if (all.subList(0, border).equals(given)) {
            return whole.logLikelihood(new Echo.Cut(border, whole.size()), name);
        }
        ArrayNode prompt = Json.array();
        given.forEach(prompt::add);
        all.subList(border, all.size()).forEach(prompt::add);
        Echo spliced = echo(prompt);
        return spliced.logLikelihood(new Echo.Cut(given.size(), spliced.size()), name);
    }

    long promptTokens() {
        return promptTokens;
    }

    private Echo echo(JsonNode prompt) throws CallEnded, InterruptedException {
        Echo echo = Echo.of(server.echo(prompt), name);
        if (echo.size() == 0 && !prompt.asText("-").isEmpty()) {
            throw new CallEnded(new Completion.Unsupported(name + " does not echo the prompt on /completions"));
        }
        promptTokens += echo.promptTokens() > 0 ? echo.promptTokens() : echo.size();
        return echo;
    }
}
