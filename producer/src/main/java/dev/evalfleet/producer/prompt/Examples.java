package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.dataset.Spool;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The documents few-shot examples are drawn from.
public interface Examples {
    Examples NONE = of(List.of());

    int size();

    Map<String, @Nullable Object> at(int index);

    static Examples of(Spool spool) {
        return new Examples() {
            @Override
            public int size() {
                return spool.size();
            }

            @Override
            public Map<String, @Nullable Object> at(int index) {
                return spool.at(index);
            }
        };
    }

    static Examples of(List<Map<String, @Nullable Object>> samples) {
        return new Examples() {
            @Override
            public int size() {
                return samples.size();
            }

            @Override
            public Map<String, @Nullable Object> at(int index) {
                return samples.get(index);
            }
        };
    }
}
