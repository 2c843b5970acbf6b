package dev.evalfleet.producer.dataset.files;

import java.util.List;
import java.util.regex.Pattern;

/// File patterns as data_files knows them: `*` and `?` inside a name, `**` across folders, `[0-9]` for one character.
public final class Globs {
    private Globs() {}

    static boolean isPattern(String path) {
        return path.indexOf('*') >= 0 || path.indexOf('?') >= 0 || path.indexOf('[') >= 0;
    }

    /// Those of the paths that match, in their order; a path that equals the pattern matches whatever is in it.
    public static List<String> matching(String pattern, List<String> paths) {
        Pattern regex = regex(pattern);
        return paths.stream()
                .filter(path -> path.equals(pattern) || regex.matcher(path).matches())
                .toList();
    }

    private static Pattern regex(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char at = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (at == '*') {
                regex.append("[^/]*");
            } else if (at == '?') {
                regex.append("[^/]");
            } else if (at == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                String inside = glob.substring(i + 1, end)
                        .replace("\\", "\\\\")
                        .replace("[", "\\[")
                        .replace("&&", "&");
                regex.append('[')
                        .append(inside.startsWith("!") ? "^" + inside.substring(1) : inside)
                        .append(']');
                i = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(at)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
