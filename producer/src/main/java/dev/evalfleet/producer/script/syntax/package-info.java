/// Python source to statements and expressions: the part of the language that helper functions of tasks are written in.
@NullMarked
package dev.evalfleet.producer.script.syntax;

import org.jspecify.annotations.NullMarked;
