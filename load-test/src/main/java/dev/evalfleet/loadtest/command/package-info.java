/// Command-line options that the autoscaler of real processes and the simulation share, and the command of the latter.
@NullMarked
package dev.evalfleet.loadtest.command;

import org.jspecify.annotations.NullMarked;
