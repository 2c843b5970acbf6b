package dev.evalfleet.producer.dataset.hub;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where in a repository's history data are read: the branch the hub converted to Parquet, or the files as their
/// owner put them there.
///
/// @param converted whether it is the converted branch, or a commit of it
/// @param revision a branch, tag or commit
record HubRevision(boolean converted, String revision) {
    static final String CONVERTED = "refs/convert/parquet";

    /// Stands for a commit where the hub only lists the converted files and tells no commit.
    static final String LISTED = "parquet-list";

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /// As written in a task or a plan: nothing, a revision, or `refs/convert/parquet:COMMIT`.
    static HubRevision of(@Nullable String written) {
        if (written == null || written.equals(CONVERTED)) {
            return new HubRevision(true, CONVERTED);
        }
        return written.startsWith(CONVERTED + ":")
                ? new HubRevision(true, written.substring(CONVERTED.length() + 1))
                : new HubRevision(false, written);
    }

    /// What finds the same commit again.
    static String pinned(boolean converted, String commit) {
        return converted ? CONVERTED + ":" + commit : commit;
    }
}
