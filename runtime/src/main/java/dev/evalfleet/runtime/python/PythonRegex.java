package dev.evalfleet.runtime.python;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A pattern of Python's `re`, and a bound on the time it may take on one text: a task's pattern meets whatever a
/// model wrote, and some pairs of the two would take years.
public final class PythonRegex {

    private static final Duration TIME_ALLOWED = Duration.ofSeconds(2);
    private static final int MOST_CACHED = 1_000;
    private static final Map<String, PythonRegex> CACHE = new ConcurrentHashMap<>();

    private final String source;
    private final Pattern pattern;
    private final Pattern advancing;
    private final Duration timeAllowed;

    private PythonRegex(String source, String java, Duration timeAllowed) {
        int flags = Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES;
        this.source = source;
        this.pattern = Pattern.compile(java, flags);
        // After an empty match Python looks for one that is not empty at the same place.
        this.advancing = Pattern.compile("(?:" + java + ")(?!\\G)", flags);
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
            return new PythonRegex(source, PythonPattern.toJava(source), timeAllowed);
        } catch (PatternSyntaxException e) {
            throw new RegexException("bad_pattern", "pattern " + source + " cannot be read: " + e.getDescription());
        } catch (StackOverflowError e) {
            throw new RegexException("bad_pattern", "pattern " + source + " cannot be read: it nests too deeply");
        }
    }

    /// As it is written in Python.
    public String source() {
        return source;
    }

    /// `re.findall`: of each match the groups, or the whole match where the pattern has none. A group that took no
    /// part is empty.
    public List<List<String>> findAll(String text) {
        List<List<String>> found = new ArrayList<>();
        forEachMatch(text, match -> found.add(groups(match)));
        return found;
    }

    /// `re.sub(pattern, "", text)`
    public String removeAll(String text) {
        return replaceAll(text, "");
    }

    /// `re.sub(pattern, replacement, text)` of a replacement without backslashes.
    public String replaceAll(String text, String replacement) {
        StringBuilder kept = new StringBuilder(text.length());
        AtomicInteger end = new AtomicInteger();
        forEachMatch(text, match -> {
            kept.append(text, end.get(), match.start()).append(replacement);
            end.set(match.end());
        });
        return kept.append(text, end.get(), text.length()).toString();
    }

    /// `len(re.split(pattern, text))` of a pattern without groups.
    public int countSplits(String text) {
        return findAll(text).size() + 1;
    }

    /// `re.search`; null where there is no match.
    public @Nullable MatchResult search(String text) {
        return matched(text, Matcher::find);
    }

    /// `re.match`: a match at the start.
    public @Nullable MatchResult match(String text) {
        return matched(text, Matcher::lookingAt);
    }

    /// `re.fullmatch`
    public @Nullable MatchResult fullMatch(String text) {
        return matched(text, Matcher::matches);
    }

    private @Nullable MatchResult matched(String text, Predicate<Matcher> how) {
        TimedText timed = new TimedText(text, System.nanoTime() + timeAllowed.toNanos());
        Matcher matcher = matcher(pattern, timed);
        return within(() -> how.test(matcher), text) ? matcher.toMatchResult() : null;
    }

    /// Every match, as `re.finditer` gives them.
    public void forEachMatch(String text, Consumer<MatchResult> action) {
        TimedText timed = new TimedText(text, System.nanoTime() + timeAllowed.toNanos());
        Matcher anywhere = matcher(pattern, timed);
        Matcher afterEmpty = matcher(advancing, timed);
        Matcher next = anywhere;
        int from = 0;
        while (found(next.region(from, text.length()), text)) {
            action.accept(next);
            from = next.end();
            next = next.start() == next.end() ? afterEmpty : anywhere;
        }
    }

    // The text before the place where a search starts can be seen by look-behinds and anchors.
    private static Matcher matcher(Pattern pattern, TimedText text) {
        return pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
    }

    private static List<String> groups(MatchResult matcher) {
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

    private boolean found(Matcher matcher, String text) {
        return within(matcher::find, text);
    }

    private boolean within(BooleanSupplier search, String text) {
        try {
            return search.getAsBoolean();
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
