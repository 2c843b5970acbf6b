/// One exported model: its files, its tokenizer, and one step of it at a time with the engine's cache.
@NullMarked
package dev.evalfleet.worker.inference.djl.model;

import org.jspecify.annotations.NullMarked;
