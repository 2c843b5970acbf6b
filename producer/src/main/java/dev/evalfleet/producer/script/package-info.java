/// The Python functions that stand beside task YAML, run as they are written.
///
/// lm-eval's tasks name more than 700 different functions, most of them a few lines that pick, rename or join columns.
/// They are not ported one by one: the part of Python they are written in is read and run here, on the values and
/// operators that templates use, so a function that was changed does what it now says. Nothing but the documents, and
/// small text files in the folder of the function's file and the one around it, can be reached. What is not understood
// is refused by name, before a run starts.
@NullMarked
package dev.evalfleet.producer.script;

import org.jspecify.annotations.NullMarked;
