package dev.evalfleet.worker.inference.djl.model;

import ai.djl.nn.Block;
import dev.evalfleet.worker.inference.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What the graph of a model wants to be fed.
///
/// @param mask it takes `attention_mask`
/// @param positions it takes `position_ids`
/// @param pasts names of the inputs of the key-value cache; none: a plain export
record Graph(boolean mask, boolean positions, List<String> pasts) {

    private static final Pattern PAST = Pattern.compile("past_key_values\\.\\d+\\.(key|value)");

    static Graph of(Block block, ModelFolder folder, ModelConfig config) throws BackendException {
        List<String> names = block.describeInput().keys();
        List<String> pasts = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        for (String name : names) {
            if (PAST.matcher(name).matches()) {
                pasts.add(name);
            } else if (!List.of("input_ids", "attention_mask", "position_ids").contains(name)) {
                strange.add(name);
            }
        }
        if (!strange.isEmpty() || !names.contains("input_ids")) {
            throw new BackendException(folder.onnx() + " takes the inputs " + names
                    + "; this backend feeds input_ids, attention_mask, position_ids and past_key_values.N.key/value,"
                    + " as `optimum-cli export onnx --task text-generation-with-past` makes them");
        }
        if (!pasts.isEmpty() && (config.cacheHeads() < 1 || config.headSize() < 1)) {
            throw new BackendException(folder.path() + "/config.json does not say how many heads the model has:"
                    + " num_key_value_heads or num_attention_heads, and head_dim or hidden_size, are needed");
        }
        return new Graph(names.contains("attention_mask"), names.contains("position_ids"), List.copyOf(pasts));
    }

    boolean caches() {
        return !pasts.isEmpty();
    }

    static String presentOf(String past) {
        return past.replace("past_key_values", "present");
    }
}
