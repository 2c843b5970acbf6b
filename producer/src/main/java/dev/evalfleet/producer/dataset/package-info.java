/// Where documents come from: files and URLs, read in order, checked, and kept in a local spool that is read by row.
@NullMarked
package dev.evalfleet.producer.dataset;

import org.jspecify.annotations.NullMarked;
