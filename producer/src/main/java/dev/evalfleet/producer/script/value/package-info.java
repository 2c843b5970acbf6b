/// Values of Python that templates do not have: sets, datasets, partial functions, exceptions; and their members.
@NullMarked
package dev.evalfleet.producer.script.value;

import org.jspecify.annotations.NullMarked;
