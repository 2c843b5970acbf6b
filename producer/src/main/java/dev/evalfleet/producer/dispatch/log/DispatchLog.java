package dev.evalfleet.producer.dispatch.log;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/// The broker as the dispatcher needs it (process edge). Not thread-safe. A broker or registry that does not answer in
/// time is a [org.apache.kafka.common.KafkaException] of the method, or a [Delivery.Failed] of the send.
public interface DispatchLog extends AutoCloseable {

    /// Creates the topics of the pools that are missing.
    void prepare(Collection<Pool> pools);

    /// What each pool has not finished, by the pool's name.
    Map<String, Outstanding> outstanding(Collection<Pool> pools);

    /// Gives the pool's group offsets where it has none, so that its lag is defined before its first worker has run.
    ///
    /// @param atEnd start at the log end, else at its start
    /// @return false when workers are there already: they decide themselves
    boolean startGroup(Pool pool, Outstanding outstanding, boolean atEnd);

    /// Sends a sample; the delivery is known after the next [#flush] at the latest.
    CompletableFuture<Delivery> send(Pool pool, int partition, Sample sample);

    CompletableFuture<Delivery> publish(DispatchCursor cursor);

    CompletableFuture<Delivery> publish(RunControl control);

    CompletableFuture<Delivery> publish(Alert alert);

    /// Returns when every delivery is known.
    void flush();

    /// Deletes the pool's records below the commit points.
    void trim(Pool pool, Outstanding outstanding);

    /// Tells whether the aggregator has read every result that is there now: what it calls missing before may only be
    /// unread. True, too, where its group is not known.
    BooleanSupplier resultsRead();

    /// Members of the pool's group at the moment.
    int workers(Pool pool);

    @Override
    void close();
}
