/// Two runs side by side, from their results.
@NullMarked
package dev.evalfleet.local.compare;

import org.jspecify.annotations.NullMarked;
