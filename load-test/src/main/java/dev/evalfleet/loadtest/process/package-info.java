/// The processes of a fleet under test: started, killed, paused, measured and started again.
@NullMarked
package dev.evalfleet.loadtest.process;

import org.jspecify.annotations.NullMarked;
