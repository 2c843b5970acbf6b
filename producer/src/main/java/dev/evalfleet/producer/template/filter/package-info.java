/// What may follow `|` and `is`.
@NullMarked
package dev.evalfleet.producer.template.filter;

import org.jspecify.annotations.NullMarked;
