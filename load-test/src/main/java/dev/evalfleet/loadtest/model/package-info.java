/// A model server that answers by rule and breaks on command.
@NullMarked
package dev.evalfleet.loadtest.model;

import org.jspecify.annotations.NullMarked;
