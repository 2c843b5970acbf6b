package dev.evalfleet.local.view;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jspecify.annotations.Nullable;

/// A few lines at the bottom of the terminal that are redrawn in place, with plain lines scrolling by above them.
/// Where there is no terminal, only the plain lines.
public final class Screen implements AutoCloseable {

    private static final int PLAIN_WIDTH = 120;

    private final PrintWriter plain;
    private final @Nullable Terminal terminal;
    private final @Nullable Display display;
    private List<AttributedString> shown = List.of();

    private Screen(PrintWriter plain, @Nullable Terminal terminal) {
        this.plain = plain;
        this.terminal = terminal;
        this.display = terminal == null ? null : new Display(terminal, false);
    }

    /// The terminal of standard error, where there is one that can be redrawn.
    public static Screen open(PrintWriter plain) {
        boolean isTerminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        if (!isTerminal || "dumb".equals(System.getenv("TERM"))) {
            return new Screen(plain, null);
        }
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .systemOutput(TerminalBuilder.SystemOutput.SysErr)
                    .nativeSignals(false)
                    .dumb(true)
                    .build();
            if (terminal.getType().startsWith("dumb") || terminal.getWidth() < 40) {
                terminal.close();
                return new Screen(plain, null);
            }
            return new Screen(plain, terminal);
        } catch (IOException | IllegalStateException noTerminal) {
            return new Screen(plain, null);
        }
    }

    /// A screen without a terminal, for tests and logs.
    public static Screen plain(PrintWriter plain) {
        return new Screen(plain, null);
    }

    /// Whether lines can be redrawn.
    public boolean live() {
        return display != null;
    }

    public int width() {
        return terminal == null ? PLAIN_WIDTH : Math.max(40, terminal.getWidth());
    }

    public int height() {
        return terminal == null ? Integer.MAX_VALUE : Math.max(6, terminal.getHeight());
    }

    /// Replaces the lines at the bottom. Does nothing without a terminal.
    public synchronized void show(List<AttributedString> lines) {
        if (display == null) {
            return;
        }
        int columns = width();
        List<AttributedString> cut = new ArrayList<>();
        for (AttributedString line : lines.subList(0, Math.min(lines.size(), height() - 1))) {
            cut.add(line.columnSubSequence(0, columns - 1));
        }
        shown = cut;
        draw();
    }

    /// Prints a line that stays, above what is redrawn.
    public synchronized void above(String line) {
        if (display != null && terminal != null) {
            display.resize(height(), width());
            display.update(List.of(), 0);
            terminal.writer().println(line);
            display.reset();
            draw();
        } else {
            plain.println(line);
            plain.flush();
        }
    }

    /// A stream whose lines appear above.
    PrintStream errors() {
        return new PrintStream(new LinesAbove(this::above), true, StandardCharsets.UTF_8);
    }

    private void draw() {
        if (display == null || terminal == null) {
            return;
        }
        display.resize(height(), width());
        display.updateAnsi(shown.stream().map(line -> line.toAnsi(terminal)).toList(), -1);
        terminal.flush();
    }

    /// Leaves what is shown standing and gives the terminal back.
    @Override
    public synchronized void close() {
        if (terminal == null) {
            return;
        }
        if (!shown.isEmpty()) {
            terminal.writer().println();
        }
        terminal.flush();
        try {
            terminal.close();
        } catch (IOException ignored) {
            // nothing is left to give back
        }
    }
}
