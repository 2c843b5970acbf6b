package dev.evalfleet.aggregator.codec;

/// Keys of rows that belong to something: the owner first, so that its rows lie together.
public final class RowKey {
    private static final String SEPARATOR = "\0";

    private RowKey() {}

    public static String of(String owner, String rest) {
        return owner + SEPARATOR + rest;
    }

    public static String of(String owner, String middle, String last) {
        return owner + SEPARATOR + middle + SEPARATOR + last;
    }

    /// Fixed width, so that rows lie in the order of their positions.
    public static String of(String owner, long position) {
        return of(owner, String.format("%016x", position));
    }

    public static String owner(String key) {
        return key.substring(0, key.indexOf(SEPARATOR));
    }

    /// What comes after the owner.
    public static String rest(String key) {
        return key.substring(key.indexOf(SEPARATOR) + 1);
    }

    /// What all keys of an owner begin with.
    public static String prefix(String owner) {
        return owner + SEPARATOR;
    }

    /// Sorts behind every key of the owner.
    public static String after(String owner) {
        return owner + "\1";
    }
}
