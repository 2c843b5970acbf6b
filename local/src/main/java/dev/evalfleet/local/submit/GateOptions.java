package dev.evalfleet.local.submit;

import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.StopEarly;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// What must hold for the verdict to be a pass. Flags add to the gates of the request file, and win over them.
final class GateOptions {

    @Option(
            names = "--min",
            paramLabel = "METRIC=VALUE",
            description = "Gate: the metric is at least VALUE; may be repeated.")
    private Map<String, Double> min = new LinkedHashMap<>();

    @Option(
            names = "--max-regression",
            paramLabel = "METRIC=DROP",
            description = "Gate: against the baseline the metric drops by no more than DROP; may be repeated.")
    private Map<String, Double> maxRegression = new LinkedHashMap<>();

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description = "Chance that a verdict or an alert is wrong. Default: 0.05.")
    private @Nullable Double alpha;

    @Option(
            names = "--primary-metric",
            paramLabel = "METRIC",
            description = "The metric that decides and is shown first. Default: the first gated one.")
    private @Nullable String primaryMetric;

    @Option(
            names = "--gate-slices",
            split = ",",
            paramLabel = "COLUMN",
            description = "Watch slices by these columns for regressions, too.")
    private List<String> slices = new ArrayList<>();

    @Option(
            names = "--stop-early",
            paramLabel = "never|on-fail|on-verdict",
            converter = When.class,
            description = "Stop a run once it has failed, or once its verdict is certain. Default: never.")
    private @Nullable StopEarly stopEarly;

    /// Puts the flags into the request's gates.
    void addTo(EvalRequest.Builder request) {
        boolean isEmpty = min.isEmpty() && maxRegression.isEmpty() && alpha == null && primaryMetric == null;
        if (isEmpty && slices.isEmpty() && stopEarly == null) {
            return;
        }
        Gates given = request.getGates();
        Gates.Builder gates = given == null ? Gates.newBuilder() : Gates.newBuilder(given);
        gates.setMin(merged(gates.getMin(), min));
        gates.setMaxRegression(merged(gates.getMaxRegression(), maxRegression));
        if (alpha != null) {
            gates.setAlpha(alpha);
        }
        if (primaryMetric != null) {
            gates.setPrimaryMetric(primaryMetric);
        }
        if (!slices.isEmpty()) {
            gates.setSlices(slices);
        }
        if (stopEarly != null) {
            gates.setStopEarly(stopEarly);
        }
        request.setGates(gates.build());
    }

    private static Map<String, Double> merged(@Nullable Map<String, Double> given, Map<String, Double> flags) {
        Map<String, Double> all = new LinkedHashMap<>(given == null ? Map.of() : given);
        all.putAll(flags);
        return all;
    }

    /// `on-fail` for ON_FAIL and so on.
    static final class When implements CommandLine.ITypeConverter<StopEarly> {
        @Override
        public StopEarly convert(String text) {
            try {
                return StopEarly.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException unknown) {
                throw new CommandLine.TypeConversionException(
                        "must be never, on-fail or on-verdict, but is \"" + text + "\"");
            }
        }
    }
}
