/// Gates of a request and the baselines they compare with, checked before anything runs.
@NullMarked
package dev.evalfleet.producer.gate;

import org.jspecify.annotations.NullMarked;
