/// The filters of lm-evaluation-harness: from raw outputs to the answer that is scored.
@NullMarked
package dev.evalfleet.worker.scoring.filter;

import org.jspecify.annotations.NullMarked;
