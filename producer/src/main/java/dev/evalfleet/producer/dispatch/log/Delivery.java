package dev.evalfleet.producer.dispatch.log;

/// How a send ended.
public sealed interface Delivery {

    /// The broker has the record, at this offset of its partition.
    record Arrived(long offset) implements Delivery {}

    /// This record can never be sent, for example because it is too large; it says nothing about others.
    record Refused(String reason) implements Delivery {}

    /// It did not arrive for now; sending it again may help.
    record Failed(RuntimeException cause) implements Delivery {}
}
