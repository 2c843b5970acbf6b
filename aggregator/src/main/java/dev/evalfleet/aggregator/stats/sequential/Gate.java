package dev.evalfleet.aggregator.stats.sequential;

import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// Decides while a run goes on whether a mean will end up above a threshold.
///
/// Two e-processes without replacement test *fails* (the whole dataset will be below the threshold) and *passes* (above
/// it); exactly one of their null hypotheses is true, so an early verdict contradicts the full run with probability at
/// most alpha, and with the last sample the verdict is a census. A *relative* gate looks at differences to a baseline
/// and also raises a regression: the candidate is worse on questions like these (with replacement).
///
/// A position that cannot be resolved is folded with its two worst cases: the best thinkable value for what would fail
/// or alarm, the worst thinkable one for what would pass. Verdicts so reached hold whatever the true value was.
public final class Gate {

    private static final byte FORMAT_VERSION = 2;
    private static final long NOT_YET = -1;

    private final double alpha;
    private final long size;
    private final EProc fails;
    private final EProc passes;
    private final Optional<EProc> regresses;
    private long n;
    private long unresolved;
    private long failedAt = NOT_YET;
    private long passedAt = NOT_YET;
    private long regressedAt = NOT_YET;
    private double decidingE = 1;

    private Gate(double alpha, long size, EProc fails, EProc passes, Optional<EProc> regresses) {
        if (!(alpha > 0 && alpha < 0.5)) {
            throw new IllegalArgumentException("alpha must be in (0, 0.5), was " + alpha);
        }
        this.alpha = alpha;
        this.size = size;
        this.fails = fails;
        this.passes = passes;
        this.regresses = regresses;
    }

    /// The candidate may be at most `maxDrop` worse than the baseline.
    ///
    /// @param maxDrop tolerated drop of the mean difference, at least 0
    /// @param tolerance drop that does not yet count as a regression of the population, at least 0
    /// @param size number of pairs of the whole run
    /// @param range difference of the metric's bounds: differences lie in [-range, range]
    public static Gate relative(double maxDrop, double tolerance, double alpha, long size, double range) {
        return new Gate(
                alpha,
                size,
                EProc.dataset(maxDrop, size, -range, range),
                EProc.dataset(-maxDrop, size, -range, range),
                Optional.of(EProc.population(tolerance, -range, range)));
    }

    /// The score must be at least `min`; scores lie in [lo, hi].
    public static Gate absolute(double min, double alpha, long size, double lo, double hi) {
        return new Gate(
                alpha, size, EProc.dataset(-min, size, -hi, -lo), EProc.dataset(min, size, lo, hi), Optional.empty());
    }

    /// Folds the value at the next position.
    public void fold(double value) {
        fold(value, value);
    }

    /// Folds the next position with its best and its worst thinkable value; they differ when it is unresolved.
    public void fold(double best, double worst) {
        if (!(best >= worst)) {
            throw new IllegalArgumentException("best %s must not be below worst %s".formatted(best, worst));
        }
        double failing = fails.add(-best);
        double passing = passes.add(worst);
        double regressing = regresses.map(r -> r.add(-best)).orElse(0.0);
        n++;
        if (best != worst) {
            unresolved++;
        }
        if (regressedAt == NOT_YET && regressing >= 1 / alpha) {
            regressedAt = n;
        }
        boolean isOpen = failedAt == NOT_YET && passedAt == NOT_YET;
        if (failedAt == NOT_YET && failing >= 1 / alpha) {
            failedAt = n;
        }
        if (passedAt == NOT_YET && passing >= 1 / alpha) {
            passedAt = n;
        }
        if (n == size && failedAt == NOT_YET && passedAt == NOT_YET && passes.sum() >= n * passes.m() - 1e-9) {
            passedAt = n; // a tie at the threshold is not worse than it
        }
        if (isOpen) {
            decidingE = failedAt == NOT_YET ? passing : failing;
        }
    }

    /// The verdict now. What was reached first stays.
    public VerdictOutcome outcome() {
        boolean failed = failedAt != NOT_YET && (passedAt == NOT_YET || failedAt <= passedAt);
        boolean regressed = regressedAt != NOT_YET;
        if (failed) {
            return VerdictOutcome.FAIL;
        }
        if (passedAt != NOT_YET) {
            return regressed ? VerdictOutcome.PASS_WITH_REGRESSION : VerdictOutcome.PASS;
        }
        return regressed ? VerdictOutcome.REGRESSION : VerdictOutcome.UNDECIDED;
    }

    /// Positions folded so far.
    public long n() {
        return n;
    }

    /// Of these, the unresolved ones.
    public long unresolved() {
        return unresolved;
    }

    /// How many positions had been folded when the gate failed; empty: it has not.
    public Optional<Long> failedAt() {
        return at(failedAt);
    }

    /// How many positions had been folded when the gate passed; empty: it has not.
    public Optional<Long> passedAt() {
        return at(passedAt);
    }

    /// How many positions had been folded when a regression became certain; empty: it has not.
    public Optional<Long> regressedAt() {
        return at(regressedAt);
    }

    private static Optional<Long> at(long n) {
        return n == NOT_YET ? Optional.empty() : Optional.of(n);
    }

    /// The e-value that decided, as it stood then; before that, what speaks for a pass now.
    public double decidingE() {
        return decidingE;
    }

    /// The e-process against "not below the threshold".
    public EProc fails() {
        return fails;
    }

    /// The e-process against "not above the threshold".
    public EProc passes() {
        return passes;
    }

    /// The e-process against "no regression of the population"; relative gates only.
    public Optional<EProc> regresses() {
        return regresses;
    }

    /// The lower end of a displayed interval of the same mean, clipped by the verdict: what passed is not below the
    /// threshold.
    public double clipLower(double lower) {
        return passedAt != NOT_YET && outcome() != VerdictOutcome.FAIL ? Math.max(lower, passes.m()) : lower;
    }

    /// The upper end of a displayed interval of the same mean, clipped by the verdict: what failed is below the
    /// threshold.
    public double clipUpper(double upper) {
        return outcome() == VerdictOutcome.FAIL ? Math.min(upper, -fails.m()) : upper;
    }

    /// An independent copy, for provisional evaluation past holes.
    public Gate copy() {
        return fromBytes(toBytes());
    }

    /// The state, first byte its format version; the same samples give the same bytes.
    public byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT_VERSION);
            out.writeDouble(alpha);
            out.writeLong(size);
            fails.writeTo(out);
            passes.writeTo(out);
            out.writeBoolean(regresses.isPresent());
            if (regresses.isPresent()) {
                regresses.get().writeTo(out);
            }
            for (long value : new long[] {n, unresolved, failedAt, passedAt, regressedAt}) {
                out.writeLong(value);
            }
            out.writeDouble(decidingE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Reads what [#toBytes] wrote.
    ///
    /// @throws IllegalArgumentException when the format version is one that is not known
    public static Gate fromBytes(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version < 1 || version > FORMAT_VERSION) {
                throw new IllegalArgumentException("gate state of format %d cannot be read, expected %d or older"
                        .formatted(version, FORMAT_VERSION));
            }
            double alpha = in.readDouble();
            long size = in.readLong();
            EProc fails = EProc.readFrom(in);
            EProc passes = EProc.readFrom(in);
            Optional<EProc> regresses = in.readBoolean() ? Optional.of(EProc.readFrom(in)) : Optional.empty();
            var read = new Gate(alpha, size, fails, passes, regresses);
            read.n = in.readLong();
            read.unresolved = in.readLong();
            read.failedAt = in.readLong();
            read.passedAt = in.readLong();
            read.regressedAt = in.readLong();
            read.decidingE = version > 1 ? in.readDouble() : Math.max(fails.maxE(), passes.maxE());
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
