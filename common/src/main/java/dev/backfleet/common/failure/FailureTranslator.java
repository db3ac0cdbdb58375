package dev.backfleet.common.failure;

import dev.backfleet.common.settings.Settings;
import java.util.Optional;

/** Knows the exceptions of one library, and what to tell a person about them. */
@FunctionalInterface
public interface FailureTranslator {

    /**
     * The failure in words.
     *
     * @param failure what was thrown; the reason may be deep among its causes
     * @param settings what the process was called with, as far as it has any, to say where it went
     * @return nothing if the failure is none of this library's
     */
    Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings);
}
