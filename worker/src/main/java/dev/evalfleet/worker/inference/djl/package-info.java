/// Models that run inside the worker: an ONNX export directory, executed by DJL's ONNX Runtime engine.
@NullMarked
package dev.evalfleet.worker.inference.djl;

import org.jspecify.annotations.NullMarked;
