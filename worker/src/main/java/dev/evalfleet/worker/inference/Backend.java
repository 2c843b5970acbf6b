package dev.evalfleet.worker.inference;

import dev.evalfleet.schemas.avro.Sample;
import java.util.List;

/// A model that can be asked. Calls block the calling (virtual) thread and may come from many threads at once.
///
/// What can be expected of a model or a server is a [Completion]; an exception thrown here is a mistake of ours
/// and fails the sample with its text.
public interface Backend extends AutoCloseable {

    /// Generates one text.
    Completion generate(Generation request, Cancellation cancellation);

    /// How likely each continuation is after its context. The outputs of an answer are in the order of the questions.
    Completion logLikelihoods(List<Question> questions, Cancellation cancellation);

    /// How likely the whole text is, in disjoint windows where it is longer than the model can see; one output.
    Completion rollingLogLikelihood(String text, Cancellation cancellation);

    /// Checks that the model can be asked now. The message of the exception says what is wrong and what to do.
    void probe() throws BackendException;

    /// The backend for the calls of one sample. A real model knows nothing of the sample but what it is asked.
    default Backend forSample(Sample sample) {
        return this;
    }

    /// Where calls go, for metrics: a base URL without credentials, or the kind of an in-process backend.
    String endpoint();

    @Override
    void close();
}
