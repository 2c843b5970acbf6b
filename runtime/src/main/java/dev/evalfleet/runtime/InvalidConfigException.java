package dev.evalfleet.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Settings that cannot be used; the message lists every problem found.
public final class InvalidConfigException extends OperatorException {
    private static final long serialVersionUID = 1;

    public InvalidConfigException(List<String> problems) {
        this(problems, null);
    }

    public InvalidConfigException(List<String> problems, @Nullable Throwable cause) {
        super("Invalid configuration:\n  - " + String.join("\n  - ", problems), cause);
    }
}
