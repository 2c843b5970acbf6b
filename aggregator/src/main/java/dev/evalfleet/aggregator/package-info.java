/// Results become metrics, run states and verdicts: one Kafka Streams topology in three stages.
@NullMarked
package dev.evalfleet.aggregator;

import org.jspecify.annotations.NullMarked;
