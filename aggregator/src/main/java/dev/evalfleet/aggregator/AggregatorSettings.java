package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.runtime.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The section `aggregator`.
///
/// @param stateDir where state is kept between restarts; with it a restart reads little, without it the changelogs
/// @param applicationId names the group and the internal topics; null: the topics' prefix and `aggregator`
/// @param threads stream threads
/// @param standbyReplicas copies of the state on other instances, so that one can take over at once
public record AggregatorSettings(
        Path stateDir,
        @Nullable String applicationId,
        int threads,
        int standbyReplicas,
        StoreKind stores,
        Pace pace,
        AlertSettings alerts) {

    public AggregatorSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("aggregator.threads must be at least 1, was " + threads);
        }
        if (standbyReplicas < 0) {
            throw new IllegalArgumentException(
                    "aggregator.standby-replicas must not be negative, was " + standbyReplicas);
        }
        if (applicationId != null && !applicationId.matches("[a-zA-Z0-9._-]{1,150}")) {
            throw new IllegalArgumentException(
                    "aggregator.application-id must be at most 150 letters, digits, '.', '_' or '-', but is \""
                            + applicationId + "\"");
        }
    }

    public static AggregatorSettings from(Settings settings) {
        Settings aggregator = settings.section("aggregator");
        Path stateDir = aggregator.path("state-dir", Path.of("aggregator-state"));
        String applicationId = aggregator.optional("application-id");
        int threads = aggregator.integer("threads", 1);
        int standbyReplicas = aggregator.integer("standby-replicas", 0);
        String stores = aggregator.string("stores", "rocksdb");
        Pace standard = Pace.standard();
        Duration tick = aggregator.duration("tick", standard.tick);
        Duration missingAfter = aggregator.duration("missing-after", standard.missingAfter);
        Duration keptFor = aggregator.duration("kept-for", standard.keptFor);
        Duration planWithin = aggregator.duration("plan-within", standard.planWithin);
        int mostWaiting = aggregator.integer("most-waiting", standard.mostWaiting);
        Supplier<AlertSettings> alerts = AlertSettings.reader(aggregator);
        return aggregator.build(() -> new AggregatorSettings(
                stateDir,
                applicationId,
                threads,
                standbyReplicas,
                kind(stores),
                new Pace(tick, missingAfter, keptFor, planWithin, mostWaiting),
                alerts.get()));
    }

    private static StoreKind kind(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "rocksdb" -> StoreKind.ROCKSDB;
            case "memory" -> StoreKind.MEMORY;
            default ->
                throw new IllegalArgumentException("aggregator.stores must be rocksdb or memory, was \"" + name + "\"");
        };
    }

    /// When the aggregator does what no record triggers.
    ///
    /// @param tick how often what changed is said
    /// @param missingAfter how long a run is without results before its missing positions are listed
    /// @param keptFor how long the state of a run is kept beyond its end
    /// @param planWithin how long outcomes wait for the plan of their run
    /// @param mostWaiting how many outcomes wait for a plan, by partition
    public record Pace(Duration tick, Duration missingAfter, Duration keptFor, Duration planWithin, int mostWaiting) {

        public Pace {
            positive("tick", tick);
            positive("missing-after", missingAfter);
            positive("kept-for", keptFor);
            positive("plan-within", planWithin);
            if (mostWaiting < 1) {
                throw new IllegalArgumentException("aggregator.most-waiting must be at least 1, was " + mostWaiting);
            }
        }

        public static Pace standard() {
            return new Pace(
                    Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofDays(7), Duration.ofHours(1), 100_000);
        }

        private static void positive(String key, Duration value) {
            if (!value.isPositive()) {
                throw new IllegalArgumentException("aggregator." + key + " must be longer than 0, was " + value);
            }
        }
    }
}
