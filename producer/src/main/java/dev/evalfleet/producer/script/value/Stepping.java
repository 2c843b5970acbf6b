package dev.evalfleet.producer.script.value;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An iterator made of a function that gives the next value, or null at the end.
final class Stepping<T> implements Iterator<T> {
    private final Supplier<@Nullable T> step;
    private @Nullable T next;
    private boolean ended;

    Stepping(Supplier<@Nullable T> step) {
        this.step = step;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = step.get();
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public T next() {
        T given = hasNext() ? next : null;
        if (given == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return given;
    }
}
