/// request -> runs: what is asked is resolved, checked and written down before a sample is sent.
@NullMarked
package dev.evalfleet.producer.plan;

import org.jspecify.annotations.NullMarked;
