/// How values travel: Avro in the Confluent wire format, with their schemas in a registry.
@NullMarked
package dev.evalfleet.schemas.wire;

import org.jspecify.annotations.NullMarked;
