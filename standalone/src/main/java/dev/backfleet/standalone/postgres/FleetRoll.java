package dev.backfleet.standalone.postgres;

import dev.backfleet.common.postgres.Database;

/** Asks the control schema which coordinators and workers have reported for work. */
public final class FleetRoll {

    private static final String SCHEMA_EXISTS = "select to_regclass('backfleet.worker') is not null";

    // The lease of a dead predecessor has no connected session.
    private static final String SOMEBODY_LEADS = """
            select exists (
              select from backfleet.leader l
              join pg_stat_activity a on a.application_name = 'backfleet-coordinator/' || l.coordinator
              where l.lease_until > clock_timestamp())
            """;

    private static final String COORDINATOR_IS_THERE = """
            select exists (
              select from pg_stat_activity where application_name = left('backfleet-coordinator/' || :id, 63))
            """;

    private static final String WORKER_IS_THERE =
            "select exists (select from backfleet.worker where id = :id and pid = :pid)";

    private final Database database;

    /** Creates it. */
    public FleetRoll(Database database) {
        this.database = database;
    }

    /** Whether a coordinator leads, and this one is there to lead or stand by. */
    public boolean coordinatorIsReady(String id) {
        return schemaExists()
                && database.jdbi()
                        .withHandle(handle -> handle.createQuery(SOMEBODY_LEADS)
                                        .mapTo(Boolean.class)
                                        .one()
                                && handle.createQuery(COORDINATOR_IS_THERE)
                                        .bind("id", id)
                                        .mapTo(Boolean.class)
                                        .one());
    }

    /** Whether a worker has registered. */
    public boolean workerIsReady(String id, long pid) {
        return schemaExists()
                && database.jdbi().withHandle(handle -> handle.createQuery(WORKER_IS_THERE)
                        .bind("id", id)
                        .bind("pid", pid)
                        .mapTo(Boolean.class)
                        .one());
    }

    private boolean schemaExists() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(SCHEMA_EXISTS).mapTo(Boolean.class).one());
    }
}
