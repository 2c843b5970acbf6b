/// Load and faults: fleets of real processes under test, judged by their topics alone.
@NullMarked
package dev.evalfleet.loadtest;

import org.jspecify.annotations.NullMarked;
