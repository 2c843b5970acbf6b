/// The fault scenarios, by name.
@NullMarked
package dev.evalfleet.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
