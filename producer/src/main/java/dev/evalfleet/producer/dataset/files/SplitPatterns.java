package dev.evalfleet.producer.dataset.files;

import dev.evalfleet.producer.dataset.format.Formats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which files of a folder belong to which split, told by their names, as Hugging Face's datasets tells it.
public final class SplitPatterns {
    private static final Pattern SHARD = Pattern.compile("data/([^/]+?)-\\d{5}-of-\\d{5}[^/]*\\.[^/]*");
    private static final Map<String, List<String>> WORDS = words();
    private static final String EDGE = "[-._ 0-9]";

    private SplitPatterns() {}

    // in the order of the splits
    private static Map<String, List<String>> words() {
        var words = new LinkedHashMap<String, List<String>>();
        words.put("train", List.of("train", "training"));
        words.put("validation", List.of("validation", "valid", "dev", "val"));
        words.put("test", List.of("test", "testing", "eval", "evaluation"));
        return words;
    }

    /// Per split its files, in their order; those in formats that cannot be read are passed over, and so are all but
    /// those of the most frequent format. A folder whose names tell nothing is one split: train.
    public static Map<String, List<String>> of(List<String> paths) {
        List<String> readable = ofOneFormat(paths);
        Map<String, List<String>> shards = new LinkedHashMap<>();
        for (String path : readable) {
            Matcher shard = SHARD.matcher(path);
            if (shard.matches()) {
                shards.computeIfAbsent(shard.group(1), _ -> new ArrayList<>()).add(path);
            }
        }
        if (!shards.isEmpty()) {
            return shards;
        }
        for (String place : List.of(
                "(?:.*/)?(?:[^/]*" + EDGE + ")?%s(?:" + EDGE + "[^/]*)?/.*",
                "(?:.*/)?(?:[^/]*" + EDGE + ")?%s(?:" + EDGE + "[^/]*)?")) {
            Map<String, List<String>> splits = byWord(place, readable);
            if (!splits.isEmpty()) {
                return splits;
            }
        }
        return readable.isEmpty() ? Map.of() : Map.of("train", readable);
    }

    private static Map<String, List<String>> byWord(String place, List<String> paths) {
        var splits = new LinkedHashMap<String, List<String>>();
        WORDS.forEach((split, words) -> {
            Pattern pattern = Pattern.compile(String.format(place, "(?:" + String.join("|", words) + ")"));
            List<String> found = paths.stream()
                    .filter(path -> pattern.matcher(path).matches())
                    .toList();
            if (!found.isEmpty()) {
                splits.put(split, found);
            }
        });
        return splits;
    }

    private static List<String> ofOneFormat(List<String> paths) {
        var byFormat = new LinkedHashMap<String, List<String>>();
        for (String path : paths) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            String format = Formats.ofName(name);
            if (format != null
                    && !name.startsWith(".")
                    && !name.equals("config.json")
                    && !name.startsWith("dataset_info")
                    && !name.equals("dataset_dict.json")) {
                byFormat.computeIfAbsent(format, _ -> new ArrayList<>()).add(path);
            }
        }
        List<String> most = List.of();
        for (List<String> files : byFormat.values()) {
            most = files.size() > most.size() ? files : most;
        }
        return most;
    }
}
