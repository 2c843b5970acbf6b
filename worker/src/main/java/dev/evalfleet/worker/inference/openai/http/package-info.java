/// HTTP calls that can be given up at any moment, and streams read with bounds.
@NullMarked
package dev.evalfleet.worker.inference.openai.http;

import org.jspecify.annotations.NullMarked;
