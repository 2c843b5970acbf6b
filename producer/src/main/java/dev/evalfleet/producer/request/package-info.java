/// The `requests` topic, read and answered on `plans`.
@NullMarked
package dev.evalfleet.producer.request;

import org.jspecify.annotations.NullMarked;
