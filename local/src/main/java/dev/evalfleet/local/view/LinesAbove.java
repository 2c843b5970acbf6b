package dev.evalfleet.local.view;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Hands what is written on, line by line.
final class LinesAbove extends OutputStream {

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final java.util.function.Consumer<String> lines;

    LinesAbove(java.util.function.Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void write(int octet) {
        if (octet == '\n') {
            lines.accept(line.toString(StandardCharsets.UTF_8));
            line.reset();
        } else if (octet != '\r') {
            line.write(octet);
        }
    }
}
