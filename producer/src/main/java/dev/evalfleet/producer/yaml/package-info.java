/// YAML that remembers where each value stands, read as PyYAML reads it.
@NullMarked
package dev.evalfleet.producer.yaml;

import org.jspecify.annotations.NullMarked;
