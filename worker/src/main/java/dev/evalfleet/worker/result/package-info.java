/// The outcome of a sample: built, and published until the broker has it.
@NullMarked
package dev.evalfleet.worker.result;

import org.jspecify.annotations.NullMarked;
