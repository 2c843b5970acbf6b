/// What came out of runs, for people and for machines.
@NullMarked
package dev.evalfleet.local.report;

import org.jspecify.annotations.NullMarked;
