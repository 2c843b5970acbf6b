package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Question;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import org.jspecify.annotations.Nullable;

/// Answers log-likelihood questions by echo, with the harness's cut: the whole text is tokenised, and the continuation
/// is what comes after as many tokens as the context has alone.
///
/// The server tokenises, so the cut is found from the texts of the echoed tokens. A token boundary exactly at the end
/// of the context means that the context has these tokens alone, too: neither merges nor the best segmentation cross
/// it. Where no boundary is there, or the texts do not spell the prompt (bytes of a character, other spaces), the
/// context is sent once more, alone, and its tokens are counted. Offsets (`text_offset`) are not used: some servers
/// leave them out, others count a start token that is not part of the text.
final class LogLikelihoods {

    /// One text sent for its echo.
    @FunctionalInterface
    interface Echoes {
        JsonNode of(String text) throws CallEnded, InterruptedException;
    }

    private final Echoes echoes;
    private final String server;
    private final @Nullable String prefix;
    private long promptTokens;

    LogLikelihoods(Echoes echoes, String server, @Nullable String prefix) {
        this.echoes = echoes;
        this.server = server;
        this.prefix = prefix;
    }

    Output of(Question question) throws CallEnded, InterruptedException {
        Question asked = question.tokenizable();
        String context = asked.context().isEmpty() && prefix != null ? prefix : asked.context();
        Echo whole = echo(context + asked.continuation());
        Echo.Cut cut = whole.cut(context, asked.continuation());
        if (cut == null) {
            cut = new Echo.Cut(Math.min(counted(context), whole.size()), whole.size());
        }
        return whole.logLikelihood(cut, server);
    }

    long promptTokens() {
        return promptTokens;
    }

    private int counted(String context) throws CallEnded, InterruptedException {
        if (context.isEmpty()) {
            throw new CallEnded(Echo.withoutStartToken(server));
        }
        return echo(context).size();
    }

    private Echo echo(String text) throws CallEnded, InterruptedException {
        Echo echo = Echo.of(echoes.of(text), server);
        if (echo.size() == 0 && !text.isEmpty()) {
            throw new CallEnded(new Completion.Unsupported(server + " does not echo the prompt on /completions"));
        }
        promptTokens += echo.promptTokens() > 0 ? echo.promptTokens() : echo.size();
        return echo;
    }
}
