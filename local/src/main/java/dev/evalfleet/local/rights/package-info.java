/// `evalfleet rights`: what each principal must be allowed to do at the broker.
@NullMarked
package dev.evalfleet.local.rights;

import org.jspecify.annotations.NullMarked;
