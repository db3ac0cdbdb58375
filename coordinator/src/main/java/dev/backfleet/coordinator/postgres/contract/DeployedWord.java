package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import org.jdbi.v3.core.Handle;

/**
 * The statement that stores a person's word that a version, which does not use the old columns, is deployed everywhere.
 *
 * @param actor who says so
 */
record DeployedWord(Actor actor, String version) {
    private static final String STORE = """
            insert into backfleet.migration_contract (migration_id, deployed, deployed_by, deployed_at)
            values (:id, :version, :who, clock_timestamp())
            on conflict (migration_id) do update
            set deployed = excluded.deployed, deployed_by = excluded.deployed_by, deployed_at = excluded.deployed_at
            """;

    private static final String NAME = "select name from backfleet.migration where id = :id";

    /** Stores it with its audit, in the transaction of the handle. */
    void store(Handle handle, long migration) {
        handle.createUpdate(STORE)
                .bind("id", migration)
                .bind("version", version)
                .bind("who", actor.words())
                .execute();
        var name = handle.createQuery(NAME)
                .bind("id", migration)
                .mapTo(String.class)
                .one();
        new AuditStore(handle)
                .didToFleet(
                        actor,
                        "migration",
                        name + ": " + version + " is deployed everywhere, and does not use the old columns");
    }
}
