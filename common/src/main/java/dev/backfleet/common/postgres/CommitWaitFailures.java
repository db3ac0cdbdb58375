package dev.backfleet.common.postgres;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.timeline.Timelines;
import java.util.Optional;

/**
 * Explains a statement that timed out because commits wait for a synchronous standby. The failure itself does not tell:
 * the database is asked.
 */
public final class CommitWaitFailures implements FailureTranslator {

    @Override
    public Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings) {
        return settings.flatMap(ConnectionFailures::database).flatMap(where -> {
            try (var database = Database.single(where, CommitWait.profile(), new Timelines())) {
                return CommitWait.explain(failure, database);
            }
        });
    }
}
