package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.runtime.python.RegexException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The module `re`.
final class Regexes {
    private static final Map<Long, String> FLAGS = Map.of(2L, "i", 8L, "m", 16L, "s", 256L, "a", 32L, "");
    private static final String SPECIAL = "()[]{}?*+-|^$\\.&~# \t\n\r\u000b\f";

    private Regexes() {}

    static Map<String, Object> members() {
        var members = new HashMap<String, Object>();
        for (String name : List.of("sub", "split", "findall", "finditer", "search", "match", "fullmatch")) {
            members.put(name, (Callable) (positional, named) -> {
                var arguments = new Arguments(name, positional, named);
                int place = name.equals("sub") ? 4 : name.equals("split") ? 3 : 2;
                RegexObject regex = compiled(arguments.at(0, "pattern"), arguments.whole(place, "flags", 0));
                var rest = new HashMap<>(named);
                rest.remove("flags");
                rest.remove("pattern");
                List<@Nullable Object> own =
                        positional.subList(Math.min(1, positional.size()), Math.min(place, positional.size()));
                return regex.call(new Arguments(name, own, rest));
            });
        }
        members.put("compile", (Callable) (positional, named) -> {
            var arguments = new Arguments("compile", positional, named);
            return compiled(arguments.at(0, "pattern"), arguments.whole(1, "flags", 0));
        });
        members.put("escape", (Callable)
                (positional, _) -> escape((String) java.util.Objects.requireNonNull(positional.getFirst())));
        members.putAll(Map.of("IGNORECASE", 2L, "I", 2L, "MULTILINE", 8L, "M", 8L, "DOTALL", 16L, "S", 16L));
        members.putAll(Map.of("UNICODE", 32L, "U", 32L, "VERBOSE", 64L, "X", 64L));
        return members;
    }

    private static RegexObject compiled(@Nullable Object pattern, long flags) {
        if (pattern instanceof RegexObject known) {
            return known;
        }
        if (!(pattern instanceof String source)) {
            throw PythonException.type("first argument must be string or compiled pattern");
        }
        var letters = new StringBuilder();
        long rest = flags;
        for (Map.Entry<Long, String> flag : FLAGS.entrySet()) {
            if ((flags & flag.getKey()) != 0) {
                letters.append(flag.getValue());
                rest &= ~flag.getKey();
            }
        }
        if (rest != 0 || letters.indexOf("a") >= 0) {
            throw new ScriptException("a flag of re is not understood: " + rest);
        }
        try {
            return new RegexObject(PythonRegex.compile(letters.isEmpty() ? source : "(?" + letters + ")" + source));
        } catch (RegexException e) {
            throw new ScriptException(String.valueOf(e.getMessage()));
        }
    }

    private static String escape(String text) {
        var out = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (SPECIAL.indexOf(point) >= 0) {
                out.append('\\');
            }
            out.appendCodePoint(point);
        });
        return out.toString();
    }
}
