/// The offline checker: recomputes everything from a history and says what does not hold.
@NullMarked
package dev.evalfleet.loadtest.check;

import org.jspecify.annotations.NullMarked;
