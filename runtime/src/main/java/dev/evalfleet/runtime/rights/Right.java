package dev.evalfleet.runtime.rights;

import java.util.Comparator;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// One operation on one topic, group or transactional id, or on all whose names begin alike.
public record Right(ResourceType type, PatternType pattern, String name, AclOperation operation)
        implements Comparable<Right> {

    private static final Comparator<Right> ORDER = Comparator.comparing(Right::type)
            .thenComparing(Right::name)
            .thenComparing(Right::pattern)
            .thenComparing(Right::operation);

    public Right {
        if (pattern != PatternType.LITERAL && pattern != PatternType.PREFIXED) {
            throw new IllegalArgumentException("a right is for a name or a prefix, not for " + pattern);
        }
    }

    public boolean isPrefix() {
        return pattern == PatternType.PREFIXED;
    }

    /// As a broker keeps it.
    ///
    /// @param principal with its type, as in `User:worker`
    public AclBinding grantedTo(String principal) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    /// The resource in words.
    public String resource() {
        String kind =
                switch (type) {
                    case TRANSACTIONAL_ID -> "transactional id";
                    default -> type.name().toLowerCase(java.util.Locale.ROOT);
                };
        return isPrefix() ? kind + "s beginning with " + name : kind + " " + name;
    }

    @Override
    public int compareTo(Right other) {
        return ORDER.compare(this, other);
    }

    /// `READ on topic evalfleet.requests`
    @Override
    public String toString() {
        return operation + " on " + resource();
    }
}
