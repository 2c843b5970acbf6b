/// The built-in functions and the modules of Python's library that helper functions of tasks use.
@NullMarked
package dev.evalfleet.producer.script.library;

import org.jspecify.annotations.NullMarked;
