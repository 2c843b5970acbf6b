/// A model that follows a script: answers, latencies and failures are known in advance. For tests and load tests.
@NullMarked
package dev.evalfleet.worker.inference.scripted;

import org.jspecify.annotations.NullMarked;
