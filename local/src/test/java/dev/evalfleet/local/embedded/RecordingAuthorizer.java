package dev.evalfleet.local.embedded;

import dev.evalfleet.runtime.rights.Right;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/// Kafka's own authorizer, which remembers what was done and what was refused. Made by the broker, so it remembers for
/// all brokers of this JVM.
public final class RecordingAuthorizer extends StandardAuthorizer {
    private static final Set<Deed> DONE = ConcurrentHashMap.newKeySet();
    private static final Set<Deed> REFUSED = ConcurrentHashMap.newKeySet();

    /// What a principal did, or tried to.
    public record Deed(String principal, AclOperation operation, ResourceType type, String name)
            implements Comparable<Deed> {
        /// Whether the right was what allowed it.
        public boolean uses(Right right) {
            boolean named = right.isPrefix() ? name.startsWith(right.name()) : name.equals(right.name());
            return operation == right.operation() && type == right.type() && named;
        }

        @Override
        public int compareTo(Deed other) {
            return toString().compareTo(other.toString());
        }
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        List<AuthorizationResult> results = super.authorize(context, actions);
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            Deed deed = new Deed(
                    context.principal().toString(),
                    action.operation(),
                    action.resourcePattern().resourceType(),
                    action.resourcePattern().name());
            if (results.get(i) == AuthorizationResult.ALLOWED) {
                if (action.logIfAllowed()) { // else somebody asks what may be done, and does not do it
                    DONE.add(deed);
                }
            } else if (action.logIfDenied()) {
                REFUSED.add(deed);
            }
        }
        return results;
    }

    public static Collection<Deed> doneBy(String principal) {
        return by(principal, DONE);
    }

    public static Collection<Deed> refusedTo(String principal) {
        return by(principal, REFUSED);
    }

    private static Collection<Deed> by(String principal, Set<Deed> deeds) {
        return deeds.stream()
                .filter(deed -> deed.principal().equals(principal))
                .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
    }
}
