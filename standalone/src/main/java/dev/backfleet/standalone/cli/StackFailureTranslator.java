package dev.backfleet.standalone.cli;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.standalone.stack.StackException;
import java.util.Optional;

/** Says why something of the local stack does not run. */
public final class StackFailureTranslator implements FailureTranslator {

    @Override
    public Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings) {
        return failure instanceof EmbeddedServerException || failure instanceof StackException
                ? Optional.of(new ExplainedFailure(Kind.UNUSABLE, String.valueOf(failure.getMessage()), null, failure))
                : Optional.empty();
    }
}
