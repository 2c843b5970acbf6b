/// Files from other machines, fetched with care.
@NullMarked
package dev.evalfleet.producer.dataset.fetch;

import org.jspecify.annotations.NullMarked;
