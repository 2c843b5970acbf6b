/// Feeding one pool: how much may be outstanding, whose sample is next, and what the figures say.
@NullMarked
package dev.evalfleet.producer.dispatch.pool;

import org.jspecify.annotations.NullMarked;
