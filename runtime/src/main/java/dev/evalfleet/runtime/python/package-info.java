/// Parts of Python's standard library whose exact behaviour lm-evaluation-harness's results depend on.
@NullMarked
package dev.evalfleet.runtime.python;

import org.jspecify.annotations.NullMarked;
