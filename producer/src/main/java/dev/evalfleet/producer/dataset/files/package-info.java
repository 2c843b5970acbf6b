/// Which files a dataset is made of.
@NullMarked
package dev.evalfleet.producer.dataset.files;

import org.jspecify.annotations.NullMarked;
