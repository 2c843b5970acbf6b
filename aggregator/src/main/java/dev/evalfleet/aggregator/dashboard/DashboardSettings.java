package dev.evalfleet.aggregator.dashboard;

import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/// Where the dashboard listens and who may look.
///
/// @param host address to bind; anything but loopback needs a token or a proxy that authenticates
/// @param port port to bind; 0 picks a free one
/// @param token what a visitor must present as `Authorization: Bearer` or once as `?token=`; null: nobody is asked
/// @param behindProxy whether a reverse proxy in front authenticates visitors
public record DashboardSettings(String host, int port, @Nullable Secret token, boolean behindProxy) {

    public DashboardSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("dashboard.port must be in [0, 65535], was " + port);
        }
        if (token == null && !behindProxy && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "dashboard.host %s is reachable from other machines: set dashboard.token-file, or dashboard.behind-proxy: true when a reverse proxy authenticates, or bind 127.0.0.1"
                            .formatted(host));
        }
    }

    /// Loopback, no token.
    public static DashboardSettings local(int port) {
        return new DashboardSettings("127.0.0.1", port, null, false);
    }

    /// Reads the section `dashboard`.
    public static DashboardSettings from(Settings settings) {
        Settings section = settings.section("dashboard");
        String host = section.string("host", "127.0.0.1");
        int port = section.integer("port", 8080);
        Secret token = section.secret("token");
        boolean behindProxy = section.flag("behind-proxy", false);
        return section.build(() -> new DashboardSettings(host, port, token, behindProxy));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
