/// The chart, rendered, linted and validated as a cluster would.
@NullMarked
package dev.evalfleet.helm;

import org.jspecify.annotations.NullMarked;
