/// Inputs nobody would write, ten thousand of each kind: no hang, no crash, no unbounded memory.
@NullMarked
package dev.evalfleet.local.fuzz;

import org.jspecify.annotations.NullMarked;
