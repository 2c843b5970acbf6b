/// A client of a fleet: it publishes requests and reads topics, as any other consumer would.
@NullMarked
package dev.evalfleet.local.client;

import org.jspecify.annotations.NullMarked;
