package dev.evalfleet.producer.dataset.hub;

import org.jspecify.annotations.Nullable;

/// A file of a repository.
///
/// @param path inside the repository
/// @param size in bytes; -1: not known
/// @param sha256 where the hub keeps the file by its hash (LFS); null: it does not say
/// @param url where it is; null: at its path
/// @param id under which the file's content is kept in the cache
public record HubFile(String path, long size, @Nullable String sha256, @Nullable String url, String id) {}
