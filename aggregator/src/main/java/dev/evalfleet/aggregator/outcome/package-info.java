/// What a run is told: its plan, how far it is dispatched, and how each sample ended. No text of prompts or answers.
@NullMarked
package dev.evalfleet.aggregator.outcome;

import org.jspecify.annotations.NullMarked;
