/// Sample in, result out: reads the samples of a pool, asks models, scores, publishes, and commits what is finished.
@NullMarked
package dev.evalfleet.worker;

import org.jspecify.annotations.NullMarked;
