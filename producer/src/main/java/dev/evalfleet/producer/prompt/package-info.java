/// document + task -> sample: the prompt byte for byte as lm-evaluation-harness assembles it.
@NullMarked
package dev.evalfleet.producer.prompt;

import org.jspecify.annotations.NullMarked;
