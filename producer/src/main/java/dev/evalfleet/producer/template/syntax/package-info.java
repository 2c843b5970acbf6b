/// From the text of a template to its statements and expressions.
@NullMarked
package dev.evalfleet.producer.template.syntax;

import org.jspecify.annotations.NullMarked;
