package dev.evalfleet.loadtest.simulate;

import dev.evalfleet.producer.dispatch.Routing;
import java.util.List;
import java.util.function.Consumer;

/// The dispatcher: looks at the pool on every tick and keeps its outstanding work between the marks. It sees what
/// workers had committed at its last look: commits and its own answer take about a tick.
final class Dispatch {
    private final FleetModel.Feed feed;
    private final List<Partition> partitions;
    private final int samples;
    private final MarkWindow window;
    private final FillOrder order;
    private final long[] seen;
    private final long[] load;
    private final boolean[] got;
    private int sent;

    Dispatch(FleetModel model, List<Partition> partitions) {
        this.feed = model.feed();
        this.partitions = partitions;
        this.samples = model.samples();
        this.window = new MarkWindow(feed);
        this.order = new FillOrder(feed.routing());
        this.seen = new long[partitions.size()];
        this.load = new long[partitions.size()];
        this.got = new boolean[partitions.size()];
    }

    boolean isDone() {
        return sent == samples;
    }

    /// One look.
    ///
    /// @param filled told each partition that got something
    /// @return seconds until the next
    double look(double now, Consumer<Partition> filled) {
        long total = 0;
        long finished = 0;
        long least = Long.MAX_VALUE;
        for (int number = 0; number < load.length; number++) {
            Partition partition = partitions.get(number);
            load[number] = partition.end() - seen[number];
            finished += seen[number];
            total += load[number];
            least = Math.min(least, load[number]);
            seen[number] = partition.finished();
        }
        window.observe(finished, total, now);
        long room = window.room(total, least);
        fill(Math.min(Math.min(room, feed.batch()), samples - sent));
        for (int number = 0; number < got.length; number++) {
            if (got[number]) {
                got[number] = false;
                filled.accept(partitions.get(number));
            }
        }
        return (room > feed.batch() ? feed.round() : feed.tick()).toNanos() / 1e9;
    }

    private void fill(long budget) {
        long most = window.mostPerPartition();
        order.begin();
        for (long left = budget; left > 0; left--) {
            int number = order.next(load, most);
            if (number == Routing.NOWHERE) {
                break;
            }
            partitions.get(number).append(sent++);
            load[number]++;
            got[number] = true;
            window.filled();
        }
    }
}
