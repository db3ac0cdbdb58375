package dev.backfleet.coordinator.postgres.quarantine;

import dev.backfleet.coordinator.operation.quarantine.RetryRows;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.shard.PostgresCounts;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A job that is through, of which some rows are in quarantine, as workers leave it. */
final class QuarantinedRows {
    private final TestDatabase db;
    final long job;

    private QuarantinedRows(TestDatabase db, long job) {
        this.db = db;
        this.job = job;
    }

    /** Of {@code t (tenant, id, n)}, with a hundred rows of two tenants; every row but these was changed. */
    static QuarantinedRows of(TestDatabase db, String more, int... ids) throws SQLException {
        db.run("create table t (tenant integer, id integer, n integer not null default 0, primary key (tenant, id))");
        db.run("insert into t select 1 + i / 51, i from generate_series(1, 100) i");
        var job = db.submit("name: j\ntable: t\ntenant: tenant\nset: { n: n + 1 }\n" + more)
                .id();
        new PostgresPlans(db.database).plan(job);
        db.run("update backfleet.shard set state = 'DONE', cursor = upper, rows_walked = 100, epoch = 1");
        db.run("update t set n = 1");
        for (var id : ids) {
            db.run("update t set n = 0 where id = " + id);
            db.run(
                    "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker) select "
                            + job + ", number, 't'::regclass, array[" + (1 + id / 51) + "::text, '" + id
                            + "'], '23514', 'check constraint violated', 3, 'w' from backfleet.shard limit 1");
        }
        db.run("update backfleet.shard set rows_changed = " + (100 - ids.length));
        db.run("update backfleet.job set quarantined = " + ids.length);
        new PostgresCounts(db.database).counts();
        return new QuarantinedRows(db, job);
    }

    void state(String state) throws SQLException {
        var finished = List.of("CANCELLED", "SUCCEEDED", "FAILED").contains(state) ? "now()" : "null";
        db.run("update backfleet.job set state = '" + state + "', finished_at = " + finished);
    }

    RetryRows.Outcome retry() {
        var quarantine = new PostgresQuarantine(db.database);
        return retry(quarantine, quarantine.numbers(job, Optional.empty()));
    }

    RetryRows.Outcome retry(String... key) {
        var quarantine = new PostgresQuarantine(db.database);
        return retry(quarantine, quarantine.numbers(job, Optional.of(List.of(key))));
    }

    private RetryRows.Outcome retry(PostgresQuarantine quarantine, List<Long> numbers) {
        try {
            return quarantine.retrying(job, rows -> new RetryRows(rows, duration -> {}).run(numbers));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The ids of the rows that are in quarantine. */
    List<String> left() throws SQLException {
        return db.column("select key[2] from backfleet.quarantine order by id");
    }

    /** Whether every count is what it counts. */
    boolean countsAreTrue() throws SQLException {
        return db.ask("select (select sum(rows_changed) from backfleet.shard) = (select count(*) from t where n = 1) "
                        + "and (select sum(rows_changed) from backfleet.shard where tallied) = tallied_changed "
                        + "and (select count(*) from backfleet.quarantine) = quarantined from backfleet.job")
                .equals("t");
    }
}
