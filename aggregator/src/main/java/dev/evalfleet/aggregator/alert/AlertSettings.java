package dev.evalfleet.aggregator.alert;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// When alerts that are no statistics are raised, and who is told of all alerts.
///
/// @param stalledAfter how long an open run may be without news
/// @param failureRate share of failed samples above which an alert is raised
public record AlertSettings(Duration stalledAfter, double failureRate, List<Webhook> webhooks) {

    /// @param secret signs what is sent; null: it is not signed
    public record Webhook(URI url, @Nullable Secret secret) {}

    public AlertSettings {
        if (!stalledAfter.isPositive()) {
            throw new IllegalArgumentException("aggregator.stalled-after must be longer than 0, was " + stalledAfter);
        }
        if (!(failureRate > 0 && failureRate <= 1)) {
            throw new IllegalArgumentException("aggregator.failure-rate must be in (0, 1], was " + failureRate);
        }
        for (Webhook webhook : webhooks) {
            String scheme = webhook.url.getScheme();
            if (webhook.url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
                throw new IllegalArgumentException(
                        "aggregator.webhooks: url must be http(s)://host/..., was \"" + webhook.url + "\"");
            }
        }
        webhooks = List.copyOf(webhooks);
    }

    public static AlertSettings standard() {
        return new AlertSettings(Duration.ofMinutes(5), 0.2, List.of());
    }

    /// Reads the settings at once; what is wrong with them is said when they are made.
    ///
    /// @param aggregator the section `aggregator`
    public static Supplier<AlertSettings> reader(Settings aggregator) {
        AlertSettings standard = standard();
        Duration stalledAfter = aggregator.duration("stalled-after", standard.stalledAfter);
        double failureRate = aggregator.number("failure-rate", standard.failureRate);
        List<Webhook> webhooks = new ArrayList<>();
        for (Settings one : aggregator.sections("webhooks")) {
            URI url = one.uri("url");
            Secret secret = one.secret("secret");
            webhooks.add(one.build(() -> new Webhook(url, secret)));
        }
        return () -> new AlertSettings(stalledAfter, failureRate, webhooks);
    }
}
