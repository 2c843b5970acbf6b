package dev.evalfleet.runtime.rights;

import dev.evalfleet.schemas.Topic;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/// All that one kind of process must be allowed to do. DESCRIBE is left out where READ, WRITE or DELETE imply it.
///
/// @param role who needs them: producer, worker, ...
public record Rights(String role, SortedSet<Right> all) {

    public Rights {
        all = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(all));
    }

    public static Rights of(String role) {
        return new Rights(role, new TreeSet<>());
    }

    public Rights topic(Topic<?> topic, AclOperation... operations) {
        return with(ResourceType.TOPIC, PatternType.LITERAL, topic.name(), operations);
    }

    public Rights topicsBeginningWith(String prefix, AclOperation... operations) {
        return with(ResourceType.TOPIC, PatternType.PREFIXED, prefix, operations);
    }

    public Rights group(String name, AclOperation... operations) {
        return with(ResourceType.GROUP, PatternType.LITERAL, name, operations);
    }

    public Rights transactionalIdsBeginningWith(String prefix, AclOperation... operations) {
        return with(ResourceType.TRANSACTIONAL_ID, PatternType.PREFIXED, prefix, operations);
    }

    private Rights with(ResourceType type, PatternType pattern, String name, AclOperation... operations) {
        SortedSet<Right> more = new TreeSet<>(all);
        for (AclOperation operation : operations) {
            more.add(new Right(type, pattern, name, operation));
        }
        return new Rights(role, more);
    }
}
