/// Kafka as the processes use it: clients, topics, dead letters, followed topics.
@NullMarked
package dev.evalfleet.runtime.kafka;

import org.jspecify.annotations.NullMarked;
