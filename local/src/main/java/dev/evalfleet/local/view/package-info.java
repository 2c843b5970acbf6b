/// What the terminal shows: live progress, tables, the final report.
@NullMarked
package dev.evalfleet.local.view;

import org.jspecify.annotations.NullMarked;
