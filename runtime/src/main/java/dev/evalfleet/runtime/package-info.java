/// What every process needs: settings, lifecycle, health and metrics.
@NullMarked
package dev.evalfleet.runtime;

import org.jspecify.annotations.NullMarked;
