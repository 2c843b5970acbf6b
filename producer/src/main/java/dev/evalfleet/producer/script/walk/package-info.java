/// Looks at code without running it: what stands inside what, and which names are given a value.
@NullMarked
package dev.evalfleet.producer.script.walk;

import org.jspecify.annotations.NullMarked;
