package dev.evalfleet.aggregator.dashboard;

import dev.evalfleet.runtime.Secret;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.UnauthorizedResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;

/// Who may look at the dashboard, and what browsers are told to keep to.
record Door(DashboardSettings settings) {
    private static final String COOKIE = "evalfleet_token";
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    void check(Context request) {
        headers(request);
        Secret expected = settings.token();
        if (expected != null) {
            requireToken(request, expected);
        } else if (!settings.behindProxy()) {
            requireName(request);
        }
    }

    private static void headers(Context request) {
        request.header(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        request.header("X-Content-Type-Options", "nosniff");
        request.header("X-Frame-Options", "DENY");
        request.header("Referrer-Policy", "no-referrer");
        request.header("Cross-Origin-Opener-Policy", "same-origin");
        request.header("Cross-Origin-Resource-Policy", "same-origin");
        request.header("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        request.header("Cache-Control", "no-store");
    }

    private static void requireToken(Context request, Secret expected) {
        String offered = request.queryParam("token");
        if (offered != null && matches(expected, offered)) {
            request.header("Set-Cookie", COOKIE + "=" + offered + "; HttpOnly; SameSite=Strict; Path=/");
            return;
        }
        String bearer = request.header("Authorization");
        String cookie = request.cookie(COOKIE);
        boolean allowed = (bearer != null && matches(expected, bearer.replaceFirst("^Bearer ", "")))
                || (cookie != null && matches(expected, cookie));
        if (!allowed) {
            throw new UnauthorizedResponse("a token is needed: Authorization: Bearer TOKEN, or ?token=TOKEN once");
        }
    }

    // A page elsewhere may have its own name lead to this machine, and so read what is shown here (DNS rebinding).
    private void requireName(Context request) {
        String host = String.valueOf(request.header("Host")).toLowerCase(Locale.ROOT);
        String name = host.replaceFirst(":\\d+$", "");
        if (!THIS_MACHINE.contains(name) && !name.equals(settings.host().toLowerCase(Locale.ROOT))) {
            throw new ForbiddenResponse(
                    "this dashboard is for this machine only: open it by localhost, or set dashboard.token-file");
        }
    }

    private static boolean matches(Secret expected, String offered) {
        return MessageDigest.isEqual(
                expected.value().getBytes(StandardCharsets.UTF_8), offered.getBytes(StandardCharsets.UTF_8));
    }
}
