/// What the dispatcher knows of the runs: how far each is, what was asked of it, and whose sample is next.
@NullMarked
package dev.evalfleet.producer.dispatch.run;

import org.jspecify.annotations.NullMarked;
