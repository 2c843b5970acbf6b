/// What a process must be allowed to do at the broker, said by the code that does it, and whether it is.
@NullMarked
package dev.evalfleet.runtime.rights;

import org.jspecify.annotations.NullMarked;
