/// What a fleet promises, tried on fleets whose parts come and go.
@NullMarked
package dev.evalfleet.local.guarantee;

import org.jspecify.annotations.NullMarked;
