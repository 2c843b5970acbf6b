package dev.evalfleet.local.command;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.StateKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a user means by a request's or a run's id.
public final class Identity {

    private Identity() {}

    /// The request with this id or of this run; without an id the newest one.
    public static String requestOf(FleetPicture picture, @Nullable String id) {
        List<RunState> requests = picture.requests();
        if (id == null) {
            if (requests.isEmpty()) {
                throw CommandException.failed(
                        "This fleet has no request yet. 'evalfleet submit --help' shows how to make one.");
            }
            return requests.getLast().getId();
        }
        Optional<RunState> found = picture.state(id);
        return found.map(RunState::getRequestId).orElseThrow(() -> unknown(picture, id));
    }

    /// The runs with this id, or of this request.
    static List<RunState> runs(FleetPicture picture, @Nullable String id) {
        if (id != null && id.contains("/")) {
            return List.of(picture.state(id).orElseThrow(() -> unknown(picture, id)));
        }
        return picture.runsOf(requestOf(picture, id));
    }

    /// The run with this id.
    public static RunState run(FleetPicture picture, String id) {
        return picture.state(id)
                .filter(state -> state.getKind() == StateKind.RUN)
                .orElseThrow(() -> picture.state(id).isPresent() ? aRequest(picture, id) : unknown(picture, id));
    }

    private static CommandException aRequest(FleetPicture picture, String id) {
        return CommandException.failed(id + " is a request; name one of its runs: "
                + String.join(
                        ", ", picture.runsOf(id).stream().map(RunState::getId).toList()));
    }

    private static CommandException unknown(FleetPicture picture, String id) {
        List<RunState> all = id.contains("/") && Ids.parts(id).size() > 1 ? picture.runs() : picture.requests();
        List<String> known = all.stream().map(RunState::getId).toList();
        return CommandException.failed("This fleet has no request or run " + id + NearestName.hint(id, known)
                + " 'evalfleet runs' lists them.");
    }
}
