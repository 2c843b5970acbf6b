/// How a model is asked: one interface, one outcome type, one settings type per kind of backend.
@NullMarked
package dev.evalfleet.worker.inference;

import org.jspecify.annotations.NullMarked;
