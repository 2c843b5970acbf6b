package dev.evalfleet.worker;

import dev.evalfleet.runtime.Settings;
import dev.evalfleet.worker.inference.BackendSettings;
import dev.evalfleet.worker.inference.djl.DjlSettings;
import dev.evalfleet.worker.inference.openai.OpenAiSettings;
import dev.evalfleet.worker.inference.scripted.ScriptedSettings;
import dev.evalfleet.worker.model.RetrySettings;

/// One model this worker serves.
///
/// @param name as requests name it
/// @param concurrency most calls under way at once; the worker finds out how many are good
public record ModelSettings(String name, int concurrency, RetrySettings retries, BackendSettings backend) {

    public static final int CONCURRENCY = 64;
    private static final int UNDECLARED = Integer.MIN_VALUE;

    public ModelSettings {
        if (name.isBlank()) {
            throw new IllegalArgumentException("worker.models: a model has no name");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "concurrency of model '" + name + "' must be at least 1, was " + concurrency);
        }
    }

    static ModelSettings from(Settings model) {
        String name = model.string("name");
        String kind = model.string("backend");
        int declared = model.integer("concurrency", UNDECLARED);
        RetrySettings retries = RetrySettings.from(model);
        BackendSettings backend =
                switch (kind) {
                    case "openai" -> OpenAiSettings.from(model);
                    case "djl" -> DjlSettings.from(model);
                    case "scripted" -> ScriptedSettings.from(model);
                    default ->
                        model.build(() -> {
                            throw new IllegalArgumentException(model.where("backend")
                                    + " must be openai, djl or scripted, but is \"" + kind + "\"");
                        });
                };
        int concurrency = declared == UNDECLARED ? usual(backend) : declared;
        return model.build(() -> new ModelSettings(name, concurrency, retries, backend));
    }

    // A batch under way and one that waits for it.
    private static int usual(BackendSettings backend) {
        return backend instanceof DjlSettings djl ? 2 * djl.maxBatch() : CONCURRENCY;
    }
}
