package dev.evalfleet.worker.inference.openai.http;

import dev.evalfleet.worker.inference.Completion;

/// A call that ended without an answer, somewhere down the way; carries how. Never leaves this package.
public final class CallEnded extends Exception {

    private final transient Completion completion;

    public CallEnded(Completion completion) {
        super(completion.toString(), null, false, false);
        this.completion = completion;
    }

    public Completion completion() {
        return completion;
    }
}
