/// Datasets of a hub that speaks the Hugging Face API.
@NullMarked
package dev.evalfleet.producer.dataset.hub;

import org.jspecify.annotations.NullMarked;
