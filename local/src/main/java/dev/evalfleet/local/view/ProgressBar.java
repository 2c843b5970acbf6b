package dev.evalfleet.local.view;

/// A bar that grows by eighths of a character.
final class ProgressBar {

    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    private ProgressBar() {}

    static String of(long done, long expected, int width) {
        double share = expected <= 0 ? 0 : Math.clamp((double) done / expected, 0, 1);
        int eighths = (int) Math.floor(share * width * 8);
        int full = eighths / 8;
        String partly = full == width ? "" : String.valueOf(EIGHTHS.charAt(eighths % 8));
        String bar = "█".repeat(full) + (partly.equals(" ") ? "" : partly);
        return bar + "░".repeat(width - bar.length());
    }
}
