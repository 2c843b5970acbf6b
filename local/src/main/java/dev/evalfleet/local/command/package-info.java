/// What a user does with a fleet, one class per subcommand.
@NullMarked
package dev.evalfleet.local.command;

import org.jspecify.annotations.NullMarked;
