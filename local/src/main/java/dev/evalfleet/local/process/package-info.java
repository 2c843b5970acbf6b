/// The processes of a fleet as subcommands: the parts lists of producer, worker, aggregator and dashboard.
@NullMarked
package dev.evalfleet.local.process;

import org.jspecify.annotations.NullMarked;
