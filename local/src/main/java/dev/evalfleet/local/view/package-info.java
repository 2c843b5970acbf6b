/// What the terminal shows: live progress, tables, figures.
@NullMarked
package dev.evalfleet.local.view;

import org.jspecify.annotations.NullMarked;
