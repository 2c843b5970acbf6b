package dev.evalfleet.producer.script;

import java.util.Set;

/// The names of all methods that any value has here.
final class KnownMethods {
    static final Set<String> ALL =
            Set.of(("strip lstrip rstrip split rsplit splitlines replace index rindex find rfind "
                            + "count startswith endswith upper lower capitalize title swapcase casefold join format zfill center "
                            + "ljust rjust isdigit isdecimal isnumeric isalpha isalnum isupper islower isspace partition "
                            + "rpartition removeprefix removesuffix encode decode append extend copy pop insert remove reverse "
                            + "clear sort keys values items get update setdefault add discard union intersection difference "
                            + "issubset issuperset isdisjoint is_integer filter map select remove_columns select_columns "
                            + "rename_column rename_columns to_list unique flatten_indices column_names num_rows sub findall "
                            + "finditer search match fullmatch group groups start end seed random randint choice choices sample "
                            + "shuffle parent name stem resolve absolute joinpath open read_text read hexdigest debug info warning error exception __name__")
                    .split(" "));

    private KnownMethods() {}
}
