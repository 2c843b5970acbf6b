/// Command-line options that the autoscaler of real processes and the simulation share.
@NullMarked
package dev.evalfleet.loadtest.options;

import org.jspecify.annotations.NullMarked;
