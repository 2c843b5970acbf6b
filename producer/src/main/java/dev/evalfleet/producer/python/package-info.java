/// Python values as templates see them: how they print, compare, slice, and which methods they have.
///
/// None is `null`, int is `Long` (or `BigInteger`), float is `Double`, str is `String`, list is `List`,
/// tuple is [dev.evalfleet.producer.python.Tuple], dict is `Map`. Positions in strings count code points.
@NullMarked
package dev.evalfleet.producer.python;

import org.jspecify.annotations.NullMarked;
