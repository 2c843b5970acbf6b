/// Metrics on generated text, counted exactly as sacrebleu, rouge-score and SQuAD's script count them. What they
/// give are the statistics of one sample; sums of them become corpus metrics
/// ([dev.evalfleet.schemas.metric.CorpusMetric]).
@NullMarked
package dev.evalfleet.worker.scoring.text;

import org.jspecify.annotations.NullMarked;
