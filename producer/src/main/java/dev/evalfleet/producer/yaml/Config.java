package dev.evalfleet.producer.yaml;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys and values of a task or group, and where each of them was written.
///
/// Places are kept by path, as `metric_list[0].metric`.
public record Config(LinkedHashMap<String, @Nullable Object> values, Map<String, Place> places) {

    /// Values that were not written in a file.
    public static Config of(Map<String, @Nullable Object> values, String source) {
        return new Config(new LinkedHashMap<>(values), Map.of("", new Place(source, 0)));
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public @Nullable Object get(String key) {
        return values.get(key);
    }

    /// The place of a path, or of the nearest one around it.
    public Place place(String path) {
        String at = path;
        while (true) {
            Place known = places.get(at);
            if (known != null) {
                return known;
            }
            if (at.isEmpty()) {
                return places.isEmpty()
                        ? new Place("", 0)
                        : new Place(places.values().iterator().next().file(), 0);
            }
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
    }

    /// `file:line key`, as problems name a place.
    public String where(String path) {
        Place place = place(path);
        return path.isEmpty() ? place.toString() : place + " " + path;
    }

    /// This with the keys of `other` put over it, whole values at a time, as lm-eval merges an include.
    public Config overlaidBy(Config other) {
        var merged = new LinkedHashMap<>(values);
        var mergedPlaces = new LinkedHashMap<String, Place>();
        places.forEach((path, place) -> {
            if (!other.has(topKey(path))) {
                mergedPlaces.put(path, place);
            }
        });
        merged.putAll(other.values);
        mergedPlaces.putAll(other.places);
        return new Config(merged, mergedPlaces);
    }

    public Config without(String key) {
        var rest = new LinkedHashMap<>(values);
        rest.remove(key);
        return new Config(rest, places);
    }

    /// The mapping at a path as a config of its own, its places included.
    public Config part(String path, Map<String, @Nullable Object> part) {
        var partPlaces = new LinkedHashMap<String, Place>();
        partPlaces.put("", place(path));
        places.forEach((key, place) -> {
            if (key.startsWith(path + ".")) {
                partPlaces.put(key.substring(path.length() + 1), place);
            }
        });
        return new Config(new LinkedHashMap<>(part), partPlaces);
    }

    private static String topKey(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        return path.substring(0, end);
    }
}
