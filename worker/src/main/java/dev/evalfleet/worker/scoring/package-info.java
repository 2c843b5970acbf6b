/// What an answer is worth: filters, then metrics, with lm-evaluation-harness's exact semantics.
@NullMarked
package dev.evalfleet.worker.scoring;

import org.jspecify.annotations.NullMarked;
