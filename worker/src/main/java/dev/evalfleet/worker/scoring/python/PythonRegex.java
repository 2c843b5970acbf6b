package dev.evalfleet.worker.scoring.python;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A pattern of Python's `re`, and a bound on the time it may take on one text: a task's pattern meets whatever a
/// model wrote, and some pairs of the two would take years.
public final class PythonRegex {

    private static final Duration TIME_ALLOWED = Duration.ofSeconds(2);
    private static final int MOST_CACHED = 1_000;
    private static final Map<String, PythonRegex> CACHE = new ConcurrentHashMap<>();

    private final String source;
    private final Pattern pattern;
    private final Duration timeAllowed;

    private PythonRegex(String source, Pattern pattern, Duration timeAllowed) {
        this.source = source;
        this.pattern = pattern;
        this.timeAllowed = timeAllowed;
    }

    public static PythonRegex compile(String source) {
        if (CACHE.size() > MOST_CACHED) {
            CACHE.clear();
        }
        return CACHE.computeIfAbsent(source, s -> compile(s, TIME_ALLOWED));
    }

    static PythonRegex compile(String source, Duration timeAllowed) {
        try {
            Pattern pattern =
                    Pattern.compile(PythonPattern.toJava(source), Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES);
            return new PythonRegex(source, pattern, timeAllowed);
        } catch (PatternSyntaxException e) {
            throw new RegexException("bad_pattern", "pattern " + source + " cannot be read: " + e.getDescription());
        }
    }

    /// `re.findall`: of each match the groups, or the whole match where the pattern has none. A group that took no
    /// part is empty.
    public List<List<String>> findAll(String text) {
        return bounded(text, matcher -> {
            List<List<String>> found = new ArrayList<>();
            while (matcher.find()) {
                found.add(groups(matcher));
            }
            return found;
        });
    }

    /// `re.sub(pattern, "", text)`
    public String removeAll(String text) {
        return bounded(text, matcher -> matcher.replaceAll(""));
    }

    /// `re.split(pattern, text)` of a pattern without groups.
    public int countSplits(String text) {
        return bounded(text, matcher -> {
            int parts = 1;
            while (matcher.find()) {
                parts++;
            }
            return parts;
        });
    }

    private static List<String> groups(Matcher matcher) {
        if (matcher.groupCount() == 0) {
            return List.of(matcher.group());
        }
        List<String> groups = new ArrayList<>(matcher.groupCount());
        for (int i = 1; i <= matcher.groupCount(); i++) {
            String group = matcher.group(i);
            groups.add(group == null ? "" : group);
        }
        return groups;
    }

    private <T> T bounded(String text, Function<Matcher, T> search) {
        try {
            return search.apply(pattern.matcher(new TimedText(text, System.nanoTime() + timeAllowed.toNanos())));
        } catch (TimeUp e) {
            throw new RegexException(
                    "pattern_timeout",
                    "pattern " + source + " took more than " + timeAllowed.toMillis() + " ms on an answer of "
                            + text.length() + " characters; simplify the pattern");
        } catch (StackOverflowError e) {
            throw new RegexException(
                    "pattern_too_deep",
                    "pattern " + source + " nests too deeply on an answer of " + text.length()
                            + " characters; simplify the pattern");
        }
    }

    private static final class TimeUp extends RuntimeException {
        TimeUp() {
            super(null, null, false, false);
        }
    }

    /// Text that stops being readable when the time is up: the only way to interrupt a match.
    private static final class TimedText implements CharSequence {
        private final CharSequence text;
        private final long deadline;
        private int reads;

        TimedText(CharSequence text, long deadline) {
            this.text = text;
            this.deadline = deadline;
        }

        @Override
        public char charAt(int index) {
            if ((++reads & 0x3ff) == 0 && System.nanoTime() - deadline > 0) {
                throw new TimeUp();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
