package dev.evalfleet.worker.scoring;

/// A sample that cannot be scored: an unknown metric or filter, a broken pattern, an output that does not fit the
/// metric. The sample fails with this cause, and the machinery is to blame, not the model.
public final class ScoringException extends RuntimeException {

    private final String code;

    public ScoringException(String code, String message) {
        super(message);
        this.code = code;
    }

    /// A short stable word for grouping.
    public String code() {
        return code;
    }
}
