/// The `evalfleet` command: its root, what every subcommand shares, and how mistakes are told.
@NullMarked
package dev.evalfleet.local;

import org.jspecify.annotations.NullMarked;
