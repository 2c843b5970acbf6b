package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// News of one sample of a run, small: this is what is re-keyed from document to run.
public sealed interface Outcome {
    Codec<Outcome> CODEC = Codec.of(2, Outcome::write, Outcome::read);

    long position();

    /// Where the result stands: topic-partition@offset.
    String origin();

    /// The sample ended.
    ///
    /// @param cause of a failure, one sentence, shortened; empty when scored
    record Ended(Sample sample, String cause, Spent spent, String origin) implements Outcome {
        @Override
        public long position() {
            return sample.position();
        }
    }

    /// The sample and the baseline's of the same document both ended.
    record Paired(Sample sample, String baselineRunId, Answer baseline, String origin) implements Outcome {
        @Override
        public long position() {
            return sample.position();
        }
    }

    /// The sample's result came once more.
    record Repeated(long position, String origin) implements Outcome {}

    /// A sample and how it ended.
    record Sample(long position, Answer answer, List<String> slices, @Nullable String clusterId) {
        public Sample {
            slices = List.copyOf(slices);
        }

        public void write(Out out) {
            out.whole(position);
            answer.write(out);
            out.list(slices, Out::text).optionalText(clusterId);
        }

        public static Sample read(In in) {
            return new Sample(in.whole(), Answer.read(in), in.list(In::text), in.optionalText());
        }
    }

    private static void write(Outcome outcome, Out out) {
        switch (outcome) {
            case Ended(Sample sample, String cause, Spent spent, String origin) -> {
                out.whole(0);
                sample.write(out);
                spent.write(out);
                out.text(origin).text(cause);
            }
            case Paired(Sample sample, String baselineRunId, Answer baseline, String origin) -> {
                out.whole(1);
                sample.write(out);
                out.text(baselineRunId);
                baseline.write(out);
                out.text(origin);
            }
            case Repeated(long position, String origin) ->
                out.whole(2).whole(position).text(origin);
        }
    }

    private static Outcome read(In in) {
        long kind = in.whole();
        return switch ((int) kind) {
            case 0 -> ended(in);
            case 1 -> new Paired(Sample.read(in), in.text(), Answer.read(in), in.text());
            case 2 -> new Repeated(in.whole(), in.text());
            default -> throw new IllegalStateException("no outcome is of kind " + kind);
        };
    }

    private static Ended ended(In in) {
        Sample sample = Sample.read(in);
        Spent spent = Spent.read(in);
        String origin = in.text();
        return new Ended(sample, in.version() < 2 ? "" : in.text(), spent, origin);
    }
}
