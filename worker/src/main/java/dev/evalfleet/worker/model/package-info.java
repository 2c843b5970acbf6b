/// A model as this worker serves it: how many calls at a time, what is tried again, and when nobody is asked at all.
@NullMarked
package dev.evalfleet.worker.model;

import org.jspecify.annotations.NullMarked;
