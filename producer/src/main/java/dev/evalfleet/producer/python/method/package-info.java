/// What can be reached through a dot or a bracket: the methods of Python's types, and the fields and items of values.
@NullMarked
package dev.evalfleet.producer.python.method;

import org.jspecify.annotations.NullMarked;
