package dev.evalfleet.loadtest.simulate;

/// How much may be outstanding: what [dev.evalfleet.producer.dispatch.pool.Window] decides, on plain numbers.
final class MarkWindow {
    private static final double COVER_SECONDS = 2;
    private static final double HIGH_OVER_LOW = 1.5;
    private static final double MEMORY_SECONDS = 5;

    private final long lowMark;
    private final long highMark;
    private final boolean adaptive;
    private final int partitions;
    private double finished;
    private double seconds;
    private long lastFinished;
    private double lastAt = Double.NaN;
    private boolean busy;

    MarkWindow(FleetModel.Feed feed) {
        this.lowMark = feed.lowMark();
        this.highMark = feed.highMark();
        this.adaptive = feed.adaptive();
        this.partitions = feed.partitions();
    }

    void observe(long totalFinished, long outstanding, double now) {
        if (!Double.isNaN(lastAt) && busy) {
            double passed = now - lastAt;
            double kept = StrictMath.exp(-passed / MEMORY_SECONDS);
            finished = finished * kept + Math.max(0, totalFinished - lastFinished);
            seconds = seconds * kept + passed;
        }
        lastFinished = totalFinished;
        lastAt = now;
        busy = outstanding > 0;
    }

    void filled() {
        busy = true;
    }

    long room(long outstanding, long least) {
        long share = Math.max(1, low() / partitions);
        boolean isLow = outstanding < low() || least < share;
        return isLow ? Math.max(0, high() - outstanding) : 0;
    }

    long mostPerPartition() {
        return Math.ceilDiv(high(), partitions);
    }

    private long low() {
        double throughput = seconds > 0 ? finished / seconds : 0;
        return adaptive ? Math.max(lowMark, (long) Math.ceil(throughput * COVER_SECONDS)) : lowMark;
    }

    private long high() {
        return adaptive ? Math.max(highMark, (long) (low() * HIGH_OVER_LOW)) : highMark;
    }
}
