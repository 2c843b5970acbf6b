/// Jinja templates as lm-evaluation-harness renders them: jinja2 with StrictUndefined, trailing newline kept, no
/// escaping of HTML, and Python's own semantics for every operator, method, filter and printed value.
///
/// An interpreter of our own instead of a library: the Java implementations of Jinja evaluate Java expressions, so
/// numbers, text of lists and booleans, equality, slices, splitting and missing fields would all have to be replaced
/// to give the bytes that jinja2 gives; and here a template reaches nothing but the values it is given, since there
/// is no reflection to fence in.
@NullMarked
package dev.evalfleet.producer.template;

import org.jspecify.annotations.NullMarked;
