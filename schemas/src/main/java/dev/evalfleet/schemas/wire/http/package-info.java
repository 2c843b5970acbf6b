/// The schema registry of other processes, over Confluent's REST API.
@NullMarked
package dev.evalfleet.schemas.wire.http;

import org.jspecify.annotations.NullMarked;
