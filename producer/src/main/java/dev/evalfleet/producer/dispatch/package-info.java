/// run -> samples: keeps every pool's topic filled between two marks, fairly, and goes on where a predecessor stopped.
@NullMarked
package dev.evalfleet.producer.dispatch;

import org.jspecify.annotations.NullMarked;
