/// `evalfleet stats`: the statistics, for whoever wants to check them.
@NullMarked
package dev.evalfleet.local.stats;

import org.jspecify.annotations.NullMarked;
