/// Documents on local disk, in order, read by row.
@NullMarked
package dev.evalfleet.producer.dataset.spool;

import org.jspecify.annotations.NullMarked;
