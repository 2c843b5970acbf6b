/// How some benchmarks compare an answer with what was wanted, as their own scripts have it.
@NullMarked
package dev.evalfleet.worker.scoring.answer;

import org.jspecify.annotations.NullMarked;
