/// What lm-evaluation-harness reports of a run when it is over: values, standard errors and means of groups, number
/// for number, from the scores of the samples in the order of their documents.
@NullMarked
package dev.evalfleet.aggregator.stats.corpus;

import org.jspecify.annotations.NullMarked;
