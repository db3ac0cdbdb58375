package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.spec.SpecException;
import java.util.Optional;

/** Translates a problem of a spec. */
public final class SpecFailureTranslator implements FailureTranslator {

    @Override
    public Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings) {
        return failure instanceof SpecException refused
                ? Optional.of(
                        new ExplainedFailure(Kind.INVALID, refused.problem().message(), null, refused))
                : Optional.empty();
    }
}
