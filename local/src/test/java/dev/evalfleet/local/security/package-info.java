/// The fleet behind locked doors.
@NullMarked
package dev.evalfleet.local.security;

import org.jspecify.annotations.NullMarked;
