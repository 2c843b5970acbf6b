/// Tasks before they are asked for: listed, shown, checked.
@NullMarked
package dev.evalfleet.local.tasks;

import org.jspecify.annotations.NullMarked;
