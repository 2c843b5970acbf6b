/// Many callers, one engine: jobs, the batches made of them, and how a batch is computed.
@NullMarked
package dev.evalfleet.worker.inference.djl.batch;

import org.jspecify.annotations.NullMarked;
