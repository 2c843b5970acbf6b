package dev.evalfleet.schemas;

import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import java.util.Collection;

/// A baseline said in one word, as people write it in a request.
public final class BaselineWord {
    private BaselineWord() {}

    /// A model of the request, a run id (it contains a slash), or else the name of a frozen baseline.
    public static Baseline of(String word, Collection<String> models) {
        BaselineKind kind =
                models.contains(word) ? BaselineKind.MODEL : word.contains("/") ? BaselineKind.RUN : BaselineKind.NAME;
        return new Baseline(kind, word);
    }
}
