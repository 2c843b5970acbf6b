/// Brings alerts to where people look.
@NullMarked
package dev.evalfleet.aggregator.alert;

import org.jspecify.annotations.NullMarked;
