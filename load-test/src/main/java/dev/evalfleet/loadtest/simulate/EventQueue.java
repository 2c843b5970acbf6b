package dev.evalfleet.loadtest.simulate;

import java.util.Arrays;

/// What happens next: a binary heap on plain arrays, because tens of millions of events go through it. Events of the
/// same moment come out in the order in which they went in.
final class EventQueue {
    private double[] times = new double[1024];
    private long[] orders = new long[1024];
    private long[] events = new long[1024];
    private int size;
    private long order;

    boolean isEmpty() {
        return size == 0;
    }

    double nextTime() {
        return times[0];
    }

    void add(double time, long event) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        int at = size++;
        long mine = order++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isBefore(time, mine, parent)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, time, mine, event);
    }

    long poll() {
        long first = events[0];
        size--;
        double time = times[size];
        long mine = orders[size];
        long event = events[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], child)) {
                child++;
            }
            if (isBefore(time, mine, child)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, time, mine, event);
        return first;
    }

    private boolean isBefore(double time, long mine, int other) {
        return time < times[other] || (time == times[other] && mine < orders[other]);
    }

    private void move(int from, int to) {
        put(to, times[from], orders[from], events[from]);
    }

    private void put(int at, double time, long mine, long event) {
        times[at] = time;
        orders[at] = mine;
        events[at] = event;
    }
}
