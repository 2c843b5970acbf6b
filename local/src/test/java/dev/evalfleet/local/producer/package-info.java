/// The producer on a real broker.
@NullMarked
package dev.evalfleet.local.producer;

import org.jspecify.annotations.NullMarked;
