package dev.evalfleet.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads secrets, and names them in problems without showing them.
record SecretReader(SettingsSource source, List<String> problems) {

    /// Under `key`, in the file that `key-file` names, or in the variable that `key-env` names.
    @Nullable
    Secret read(String key) {
        String given = hidden(key);
        String fromFile = source.text(fileKey(key), problems);
        String fromVariable = source.text(key + "-env", problems);
        if (Stream.of(given, fromFile, fromVariable).filter(Objects::nonNull).count() > 1) {
            problem(key, "may be given once: as " + key + ", " + fileKey(key) + " or " + key + "-env");
        }
        if (given != null) {
            return present(key, given);
        }
        if (fromFile != null) {
            return inFile(fileKey(key), source.resolve(fileKey(key), fromFile));
        }
        return fromVariable == null ? null : inVariable(key + "-env", fromVariable);
    }

    private static String fileKey(String key) {
        return key + "-file";
    }

    // A value of the wrong kind may still hold the secret.
    private @Nullable String hidden(String key) {
        List<String> own = new ArrayList<>();
        String text = source.text(key, own);
        if (!own.isEmpty()) {
            problem(key, "must be a single text (what is there is not shown)");
        }
        return text;
    }

    private @Nullable Secret inFile(String key, Path file) {
        try {
            return present(key, Files.readString(file).strip());
        } catch (IOException e) {
            problem(key, "cannot be read: " + file);
            return null;
        }
    }

    private @Nullable Secret inVariable(String key, String variable) {
        String value = source.variable(variable);
        if (value == null) {
            problem(key, "names the variable " + variable + ", which is not set");
            return null;
        }
        return present(key, value);
    }

    private @Nullable Secret present(String key, String value) {
        if (value.isBlank()) {
            problem(key, "is empty: the secret is missing");
            return null;
        }
        return new Secret(value);
    }

    private void problem(String key, String what) {
        problems.add(source.where(key) + " " + what);
    }
}
