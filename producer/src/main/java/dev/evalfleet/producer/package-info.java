/// request -> run -> sample.
@NullMarked
package dev.evalfleet.producer;

import org.jspecify.annotations.NullMarked;
