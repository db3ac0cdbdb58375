package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.StepWords;
import dev.backfleet.coordinator.migration.step.ContractSteps;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.migration.StepJournal;
import java.sql.Connection;
import java.util.Arrays;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Moves the state of a migration in the transaction that renames or drops its old columns, so that no rollback can come between. What the
 * report has said is asked again there, as far as it may change in an instant.
 */
public final class ContractJournal implements StepJournal {
    private static final String OBSERVED = """
            insert into backfleet.migration_contract (migration_id, observed_at) values (:id, clock_timestamp())
            on conflict (migration_id) do update
            set observed_at = excluded.observed_at, observed_writers = null, observed_from = null
            """;

    // A reconcile that is submitted at this moment is seen by the next statement, or sees the other names.
    private static final String LOCK_BACKFILL = """
            select j.id from backfleet.job j join backfleet.migration m on m.job_id = j.id where m.id = :id for update of j
            """;

    private static final String FORWARD = """
            update backfleet.migration m
            set state = :to, state_at = clock_timestamp(), waits_for = null, waits_since = null, contract_by = :who, contract_why = null
            where m.id = :id and m.state = any(:from)
              and exists (select from backfleet.flag f
                          where f.name = m.name and f.state = 'ON' and f.percent = 100
                            and not exists (select from backfleet.flag_tenant t where t.flag = f.name and not t.value))
              and not exists (select from backfleet.job j
                              where j.state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')
                                and ((j.definition #>> '{table,oid}')::oid = m.table_oid
                                  or exists (select from backfleet.job_relation r where r.job_id = j.id and r.relation = m.table_oid)))
            returning m.name
            """;

    private static final String BACK = """
            update backfleet.migration m
            set state = 'CUT', state_at = clock_timestamp(), waits_for = :waits,
                waits_since = case when :waits is not null then clock_timestamp() end, contract_by = :who, contract_why = :why
            where m.id = :id and m.state = 'RENAMED'
            returning m.name
            """;

    // The rule of the reconcile names the old columns: it can be repeated again when they have their names back.
    private static final String RENAMED = """
            with ended as (
              delete from backfleet.reconcile_schedule s using backfleet.migration m where m.id = :id and s.job_id = m.job_id returning s.*
            )
            update backfleet.migration_contract
            set renamed_at = clock_timestamp(), schedule = (select to_jsonb(e) from ended e) where migration_id = :id
            """;

    // What a watch has stored is of the cutover, or of the renaming: its baseline and its looks say nothing of the
    // other.
    private static final String FORGET_WATCH = "delete from backfleet.cutover_watch where migration_id = :id";

    private static final String SCHEDULE_AGAIN = """
            insert into backfleet.reconcile_schedule
            select r.* from backfleet.migration_contract c,
              lateral jsonb_populate_record(null::backfleet.reconcile_schedule, c.schedule) r
            where c.migration_id = :id and c.schedule is not null
            on conflict (job_id) do nothing
            """;

    private static final String RENAMED_BACK =
            "update backfleet.migration_contract set renamed_at = null, schedule = null, way_back = null where migration_id = :id";

    private final long migration;
    private final Actor actor;
    private final StepWords words;

    /**
     * Of a migration.
     *
     * @param actor who takes the steps
     */
    public ContractJournal(long migration, Actor actor, StepWords words) {
        this.migration = migration;
        this.actor = actor;
        this.words = words;
    }

    @Override
    public void done(Connection connection, Step step) {
        var handle = Jdbi.create(connection).open();
        switch (step.id()) {
            case ContractSteps.OBSERVE -> update(handle, OBSERVED);
            case ContractSteps.RENAME -> {
                said(handle);
                forward(handle, MigrationState.RENAMED, MigrationState.CUT);
                update(handle, RENAMED);
                update(handle, FORGET_WATCH);
            }
            case ContractSteps.DROP -> {
                said(handle);
                forward(handle, MigrationState.CONTRACTED, MigrationState.RENAMED, MigrationState.CUT);
            }
            default -> {
                // An index or a foreign key: the state stays.
            }
        }
    }

    @Override
    public void undone(Connection connection, Step step) {
        if (step.id().equals(ContractSteps.RENAME)) {
            var handle = Jdbi.create(connection).open();
            back(handle);
            update(handle, SCHEDULE_AGAIN);
            update(handle, RENAMED_BACK);
            update(handle, FORGET_WATCH);
        }
    }

    // Before the state moves: the word has counted for this step, and counts for no other one.
    private void said(Handle handle) {
        if (words.deployed() != null) {
            new DeployedWord(actor, words.deployed()).store(handle, migration);
        }
    }

    private void update(Handle handle, String statement) {
        handle.createUpdate(statement).bind("id", migration).execute();
    }

    private void forward(Handle handle, MigrationState to, MigrationState... from) {
        handle.createQuery(LOCK_BACKFILL)
                .bind("id", migration)
                .mapTo(Long.class)
                .findOne();
        var query = handle.createQuery(FORWARD)
                .bind("id", migration)
                .bind("to", to.name())
                .bind("who", actor.words())
                .bind("from", Arrays.stream(from).map(MigrationState::name).toArray(String[]::new));
        new AuditStore(handle).didToFleet(actor, "migration", moved(query) + ": " + from[0] + " → " + to);
    }

    private void back(Handle handle) {
        var reason = words.reason();
        var query = handle.createQuery(BACK)
                .bind("id", migration)
                .bind("who", actor.words())
                .bind("why", reason)
                .bind(
                        "waits",
                        reason == null
                                ? null
                                : "a person: the watch over the renaming has taken it back, since " + reason);
        new AuditStore(handle).didToFleet(actor, "migration", moved(query) + ": RENAMED → CUT", reason);
    }

    private static String moved(Query query) {
        return query.mapTo(String.class)
                .findFirst()
                .orElseThrow(() -> new OperationRefused(
                        Code.STALE,
                        "the state or the flag of the migration was changed at this moment, or a job of its table has begun",
                        "see 'backfleet migration status', and try again"));
    }
}
