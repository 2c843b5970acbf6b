/// What Kafka Streams needs around a topology: error handling, bounded stores, sweeping.
@NullMarked
package dev.evalfleet.aggregator.streams;

import org.jspecify.annotations.NullMarked;
