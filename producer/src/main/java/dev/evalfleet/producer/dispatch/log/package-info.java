/// The dispatcher's side of the broker: the pools' topics and consumer groups, and who is the active producer.
@NullMarked
package dev.evalfleet.producer.dispatch.log;

import org.jspecify.annotations.NullMarked;
