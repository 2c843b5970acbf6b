/// The file formats documents come in.
@NullMarked
package dev.evalfleet.producer.dataset.format;

import org.jspecify.annotations.NullMarked;
