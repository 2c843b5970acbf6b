/// Python's text and pattern semantics, where tasks written for Python rely on them.
@NullMarked
package dev.evalfleet.worker.scoring.python;

import org.jspecify.annotations.NullMarked;
