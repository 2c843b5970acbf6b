package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.PythonObject;
import dev.evalfleet.runtime.python.PythonRegex;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import org.jspecify.annotations.Nullable;

/// A compiled pattern.
public record RegexObject(PythonRegex regex) implements PythonObject {
    @Override
    public @Nullable Object member(String name) {
        return switch (name) {
            case "sub", "split", "findall", "finditer", "search", "match", "fullmatch" ->
                (Callable) (positional, named) -> call(new Arguments(name, positional, named));
            default -> Members.NONE;
        };
    }

    @Nullable
    Object call(Arguments arguments) {
        boolean replaces = arguments.function().equals("sub");
        String text = arguments.text(replaces ? 1 : 0, "string");
        return switch (arguments.function()) {
            case "sub" -> substituted(text, arguments.at(0, "repl"), arguments.whole(2, "count", 0));
            case "split" -> split(text, arguments.whole(1, "maxsplit", 0));
            case "findall" -> {
                var all = new ArrayList<@Nullable Object>();
                for (MatchResult match : matches(text)) {
                    all.add(
                            match.groupCount() == 0
                                    ? match.group()
                                    : match.groupCount() == 1 ? orEmpty(match.group(1)) : new Tuple(groups(match, "")));
                }
                yield all;
            }
            case "finditer" ->
                matches(text).stream()
                        .map(match -> (Object) new Match(match, text))
                        .iterator();
            case "search" -> found(regex.search(text), text);
            case "match" -> found(regex.match(text), text);
            default -> found(regex.fullMatch(text), text);
        };
    }

    private static @Nullable Object found(@Nullable MatchResult match, String text) {
        return match == null ? null : new Match(match, text);
    }

    private List<MatchResult> matches(String text) {
        var matches = new ArrayList<MatchResult>();
        regex.forEachMatch(text, match -> matches.add(((java.util.regex.Matcher) match).toMatchResult()));
        return matches;
    }

    private static String orEmpty(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static List<@Nullable Object> groups(MatchResult match, @Nullable Object missing) {
        var groups = new ArrayList<@Nullable Object>();
        for (int i = 1; i <= match.groupCount(); i++) {
            groups.add(match.group(i) == null ? missing : match.group(i));
        }
        return groups;
    }

    private String substituted(String text, @Nullable Object replacement, long most) {
        var out = new StringBuilder();
        int end = 0;
        int count = 0;
        for (MatchResult match : matches(text)) {
            if (most > 0 && count++ == most) {
                break;
            }
            out.append(text, end, match.start());
            out.append(
                    replacement instanceof Callable function
                            ? Python.str(function.call(Collections.singletonList(new Match(match, text)), Map.of()))
                            : expanded(Python.str(replacement), match));
            end = match.end();
        }
        return out.append(text, end, text.length()).toString();
    }

    // `\1`, `\g<1>`, `\n` and `\\` of a replacement.
    private static String expanded(String pattern, MatchResult match) {
        if (pattern.indexOf('\\') < 0) {
            return pattern;
        }
        var out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char letter = pattern.charAt(i);
            if (letter != '\\' || i + 1 == pattern.length()) {
                out.append(letter);
                continue;
            }
            char next = pattern.charAt(++i);
            if (next == 'g' && pattern.startsWith("<", i + 1)) {
                int close = pattern.indexOf('>', i);
                out.append(orEmpty(group(match, pattern.substring(i + 2, close))));
                i = close;
            } else if (Character.isDigit(next)) {
                boolean two = i + 1 < pattern.length() && Character.isDigit(pattern.charAt(i + 1));
                out.append(orEmpty(group(match, pattern.substring(i, i + (two ? 2 : 1)))));
                i += two ? 1 : 0;
            } else if (next == '\\' || next == 'n' || next == 't' || next == 'r') {
                out.append(next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : '\\');
            } else if (Character.isLetter(next)) {
                throw PythonException.value("bad escape \\" + next + " in a replacement");
            } else {
                out.append('\\').append(next);
            }
        }
        return out.toString();
    }

    private static @Nullable String group(MatchResult match, String name) {
        int number = name.chars().allMatch(Character::isDigit) ? Integer.parseInt(name) : -1;
        if (number < 0 || number > match.groupCount()) {
            throw new PythonException("IndexError", "no such group: " + name);
        }
        return match.group(number);
    }

    private List<@Nullable Object> split(String text, long most) {
        var parts = new ArrayList<@Nullable Object>();
        int end = 0;
        int count = 0;
        for (MatchResult match : matches(text)) {
            if (most > 0 && count++ == most) {
                break;
            }
            parts.add(text.substring(end, match.start()));
            parts.addAll(groups(match, null));
            end = match.end();
        }
        parts.add(text.substring(end));
        return parts;
    }

    /// What a search found.
    record Match(MatchResult match, String text) implements PythonObject {
        @Override
        public @Nullable Object member(String name) {
            return switch (name) {
                case "group" -> (Callable) (positional, _) -> group(positional);
                case "__getitem__" -> (Callable) (positional, _) -> group(positional);
                case "groups" -> (Callable) (_, _) -> new Tuple(groups(match, null));
                case "start" -> (Callable) (_, _) -> (long) text.codePointCount(0, match.start());
                case "end" -> (Callable) (_, _) -> (long) text.codePointCount(0, match.end());
                default -> Members.NONE;
            };
        }

        private @Nullable Object group(List<@Nullable Object> numbers) {
            if (numbers.size() > 1) {
                var all = new ArrayList<@Nullable Object>();
                numbers.forEach(number -> all.add(group(Collections.singletonList(number))));
                return new Tuple(all);
            }
            return RegexObject.group(match, numbers.isEmpty() ? "0" : Python.str(numbers.getFirst()));
        }
    }
}
