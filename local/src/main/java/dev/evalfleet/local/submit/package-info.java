/// Making a request: from flags or a file, to a fleet that is up or to one started for a model server.
@NullMarked
package dev.evalfleet.local.submit;

import org.jspecify.annotations.NullMarked;
