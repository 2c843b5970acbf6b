/// What a fault run came to, for people and for machines.
@NullMarked
package dev.evalfleet.loadtest.report;

import org.jspecify.annotations.NullMarked;
