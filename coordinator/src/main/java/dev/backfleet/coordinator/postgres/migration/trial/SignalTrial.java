package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.plan.MigrationLook.Unread;
import dev.backfleet.coordinator.postgres.throttle.ReadOnlyQuery;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/** Runs a statement that reads a signal once, with the limits of the watch: in a READ ONLY transaction, for at most a second. */
public final class SignalTrial {
    private SignalTrial() {}

    /** Why it gives no number; nothing if it does. */
    public static Optional<Unread> of(Database database, String statement) {
        return database.read(connection -> {
            try {
                return ReadOnlyQuery.ask(connection, statement, () -> {}, rows -> {
                    rows.next();
                    rows.getDouble(1);
                    return Optional.<Unread>empty();
                });
            } catch (PSQLException e) {
                var message = e.getServerErrorMessage();
                if (message == null || e.getSQLState() == null) {
                    throw e;
                }
                return Optional.of(new Unread(e.getSQLState(), String.valueOf(message.getMessage())));
            }
        });
    }
}
