/// What the topics of a fleet say happened.
@NullMarked
package dev.evalfleet.loadtest.history;

import org.jspecify.annotations.NullMarked;
