package dev.evalfleet.producer.dataset.fetch;

import dev.evalfleet.runtime.Secret;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What is to be fetched.
///
/// @param token sent to the host of the URL and to no other
/// @param target where the file goes
/// @param size in bytes; -1: not known before
/// @param sha256 hex, of the whole file; null: not known before
/// @param where place of the declaration, for messages
/// @param label what it is called in messages
public record Ask(
        URI uri, @Nullable Secret token, Path target, long size, @Nullable String sha256, String where, String label) {}
