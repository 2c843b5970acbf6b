/// Commands about verdicts and the baselines they compare with.
@NullMarked
package dev.evalfleet.local.gate;

import org.jspecify.annotations.NullMarked;
