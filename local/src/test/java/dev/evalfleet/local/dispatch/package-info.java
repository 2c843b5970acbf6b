/// The dispatcher on a real broker.
@NullMarked
package dev.evalfleet.local.dispatch;

import org.jspecify.annotations.NullMarked;
