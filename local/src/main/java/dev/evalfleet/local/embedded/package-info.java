/// A broker and a schema registry inside this JVM.
@NullMarked
package dev.evalfleet.local.embedded;

import org.jspecify.annotations.NullMarked;
