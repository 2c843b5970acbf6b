/// How rows and internal records are written: compactly, with a format version.
@NullMarked
package dev.evalfleet.aggregator.codec;

import org.jspecify.annotations.NullMarked;
