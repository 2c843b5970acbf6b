/// What a fault scenario has in its hands: a fleet, a model server, the topics and its progress.
@NullMarked
package dev.evalfleet.loadtest.stage;

import org.jspecify.annotations.NullMarked;
