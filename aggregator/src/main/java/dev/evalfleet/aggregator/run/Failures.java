package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Answer.Ending;
import dev.evalfleet.schemas.avro.FailureCount;
import dev.evalfleet.schemas.avro.FailureKind;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The failed samples of one run by cause, each cause with what the first sample of it says.
final class Failures {
    private static final int MOST_CAUSES = 16;
    private static final String ANY_OTHER = "other";

    private final Map<Cause, FailureCount> byCause = new TreeMap<>();

    private record Cause(FailureKind kind, String code) implements Comparable<Cause> {
        private static final Comparator<Cause> ORDER =
                Comparator.comparing(Cause::kind).thenComparing(Cause::code);

        @Override
        public int compareTo(Cause other) {
            return ORDER.compare(this, other);
        }
    }

    /// @param example a sentence, or empty
    void add(Answer failed, String example) {
        FailureKind kind = failed.ending() == Ending.MODEL_FAILED ? FailureKind.MODEL : FailureKind.INFRASTRUCTURE;
        Cause cause = new Cause(kind, failed.code());
        boolean room = byCause.size() < MOST_CAUSES || byCause.containsKey(cause);
        add(room ? cause : new Cause(kind, ANY_OTHER), 1, example);
    }

    /// The most frequent cause first.
    List<FailureCount> counts() {
        return byCause.values().stream()
                .sorted(Comparator.comparingLong(FailureCount::getCount).reversed())
                .toList();
    }

    /// The causes outside the model in one line, for example `timeout 3, lost 1`.
    String outsideTheModel() {
        return counts().stream()
                .filter(count -> count.getKind() == FailureKind.INFRASTRUCTURE)
                .map(count -> count.getCode() + " " + count.getCount())
                .collect(Collectors.joining(", "));
    }

    private void add(Cause cause, long count, String example) {
        FailureCount known = byCause.computeIfAbsent(cause, _ -> new FailureCount(cause.kind, cause.code, 0L, example));
        known.setCount(known.getCount() + count);
    }

    void write(Out out) {
        out.list(List.copyOf(byCause.values()), (to, count) -> to.text(count.getCode())
                .whole(count.getCount())
                .text(count.getKind().name())
                .text(count.getExample()));
    }

    /// @param onlyCodes as they were stored before causes had a kind and an example
    static Failures read(In in, boolean onlyCodes) {
        Failures failures = new Failures();
        in.list(from -> {
            String code = from.text();
            long count = from.whole();
            FailureKind kind = onlyCodes ? FailureKind.INFRASTRUCTURE : FailureKind.valueOf(from.text());
            failures.add(new Cause(kind, code), count, onlyCodes ? "" : from.text());
            return count;
        });
        return failures;
    }
}
