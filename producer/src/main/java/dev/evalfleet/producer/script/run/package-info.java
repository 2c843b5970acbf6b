/// Runs Python: files, functions, statements, expressions.
@NullMarked
package dev.evalfleet.producer.script.run;

import org.jspecify.annotations.NullMarked;
