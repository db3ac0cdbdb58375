package dev.backfleet.common.failure;

import dev.backfleet.common.settings.Settings;
import java.util.Optional;

/** Translates the exceptions of one library into failures that a person understands. */
@FunctionalInterface
public interface FailureTranslator {

    /**
     * Translates a failure.
     *
     * @param failure the exception; the reason may be deep in its chain of causes
     * @param settings the process's settings, if it has any, to name the server in question
     * @return empty if the failure does not come from this library
     */
    Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings);
}
