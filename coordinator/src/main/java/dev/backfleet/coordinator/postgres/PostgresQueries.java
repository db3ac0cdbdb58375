package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.postgres.Database;
import java.util.Optional;

/** What people ask about jobs and workers. */
public final class PostgresQueries {
    private final Database database;

    /** Creates it. */
    public PostgresQueries(Database database) {
        this.database = database;
    }

    /** The id of the job that a person means by an id or a name; of several with the name, the newest. */
    public Optional<Long> find(String idOrName) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).find(idOrName));
    }
}
