package dev.evalfleet.producer.dataset.fetch;

import dev.evalfleet.producer.dataset.DatasetException;

/// What an answer without a file means for the one who asked.
final class Answers {
    private Answers() {}

    static DatasetException refused(Ask ask, Http.Answer answer) {
        int status = answer.status();
        String message = ask.uri() + " answered " + status;
        if (Http.isBusy(status)) {
            return DatasetException.temporary(ask.where(), message + ", also when asked again");
        }
        return DatasetException.lasting(
                ask.where(),
                message
                        + (status == 401 || status == 403
                                ? "; it needs a login: a dataset of the hub is read with producer.hub.token (HF_TOKEN)"
                                : "; check the URL"));
    }
}
