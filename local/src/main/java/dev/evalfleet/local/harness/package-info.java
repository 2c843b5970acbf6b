/// What lm-evaluation-harness would have written of a request: its results file and its samples files.
@NullMarked
package dev.evalfleet.local.harness;

import org.jspecify.annotations.NullMarked;
