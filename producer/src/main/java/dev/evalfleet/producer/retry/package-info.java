/// Runs that ask the failed samples of an ended run again and take over its other outcomes.
@NullMarked
package dev.evalfleet.producer.retry;

import org.jspecify.annotations.NullMarked;
