package dev.evalfleet.producer.dataset;

/// Documents that cannot be read.
public final class DatasetException extends Exception {
    private static final long serialVersionUID = 1;

    private final String where;
    private final boolean temporary;

    private DatasetException(String where, String message, boolean temporary) {
        super(message);
        this.where = where;
        this.temporary = temporary;
    }

    /// The data are not there or not what they should be.
    public static DatasetException lasting(String where, String message) {
        return new DatasetException(where, message, false);
    }

    /// A server that may answer later.
    public static DatasetException temporary(String where, String message) {
        return new DatasetException(where, message, true);
    }

    /// The file, with the line where it is known.
    public String where() {
        return where;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public boolean isTemporary() {
        return temporary;
    }
}
