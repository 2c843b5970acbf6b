/// The topic of requests: read, decided once, and written to `plans` with its offset in one transaction.
@NullMarked
package dev.evalfleet.producer.request;

import org.jspecify.annotations.NullMarked;
