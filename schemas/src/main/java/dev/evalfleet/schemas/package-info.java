/// The contract between the processes: topics, keys and (generated, in `avro`) records.
@NullMarked
package dev.evalfleet.schemas;

import org.jspecify.annotations.NullMarked;
