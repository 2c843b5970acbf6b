package dev.evalfleet.local.client;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// Ids for requests that were not given one: when, and a random part.
public final class RequestId {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private RequestId() {}

    public static String random(String prefix) {
        int random = ThreadLocalRandom.current().nextInt(0x10000);
        String time = TIME.format(LocalDateTime.now(ZoneId.systemDefault()));
        return prefix + time + String.format(Locale.ROOT, "-%04x", random);
    }
}
