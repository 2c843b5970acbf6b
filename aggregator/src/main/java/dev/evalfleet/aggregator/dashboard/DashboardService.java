package dev.evalfleet.aggregator.dashboard;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Serves the dashboard.
public final class DashboardService implements Service {

    private final Fleet fleet;
    private final DashboardSettings settings;
    private final RunsView view;
    private final DashboardApi api;
    private @Nullable Javalin server;

    public DashboardService(Fleet fleet, DashboardSettings settings) {
        this.fleet = fleet;
        this.settings = settings;
        this.view = new RunsView(fleet);
        this.api = new DashboardApi(fleet, view, new Door(settings));
    }

    /// What a dashboard does at the broker: it reads.
    public static Rights rights(Topics topics) {
        Rights rights = Rights.of("dashboard");
        for (Topic<?> topic : read(topics)) {
            rights = rights.topic(topic, READ, DESCRIBE_CONFIGS);
        }
        return rights;
    }

    private static List<Topic<?>> read(Topics topics) {
        return List.of(topics.runs(), topics.metrics(), topics.alerts(), topics.results());
    }

    @Override
    public String name() {
        return "dashboard";
    }

    @Override
    public void start() {
        fleet.ensure(read(fleet.topics()));
        view.follower().start();
        try {
            server = Javalin.create(config -> {
                        config.startup.showJavalinBanner = false;
                        config.startup.showOldJavalinVersionWarning = false;
                        config.concurrency.useVirtualThreads = true;
                        api.configure(config);
                    })
                    .start(settings.host(), settings.port());
        } catch (JavalinBindException e) {
            view.follower().close();
            throw new OperatorException(
                    "dashboard.port: cannot listen on %s:%d, it is in use. Stop what uses it, or set dashboard.port to a free port; 0 picks one"
                            .formatted(settings.host(), settings.port()),
                    e);
        }
    }

    /// Where the page is, once started.
    public String url() {
        Javalin running = server;
        if (running == null) {
            throw new IllegalStateException("the dashboard is not started");
        }
        return "http://%s:%d".formatted(settings.host(), running.port());
    }

    @Override
    public boolean ready() {
        return server != null && view.follower().caughtUp();
    }

    @Override
    public String waitingFor() {
        return view.follower().waitingFor();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return view.follower().ended();
    }

    @Override
    public void close() {
        api.close();
        Javalin running = server;
        if (running != null) {
            running.stop();
            server = null;
        }
        view.follower().close();
    }
}
