/// What a task asks: lm-evaluation-harness task YAML, its prompts and its few-shot draws.
@NullMarked
package dev.evalfleet.producer.task;

import org.jspecify.annotations.NullMarked;
