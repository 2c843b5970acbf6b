/// A whole fleet in one JVM, and where the fleet of this user runs.
@NullMarked
package dev.evalfleet.local.fleet;

import org.jspecify.annotations.NullMarked;
