package dev.backfleet.worker.postgres;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardFixture;
import dev.backfleet.worker.postgres.batch.CopyFixture;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A database for the contract tests: one job over the table {@code t} at a time. */
final class PostgresFixture implements ShardFixture, AutoCloseable {
    private final TestFleet fleet = TestFleet.open();

    /** Drops the table and the job. */
    void forget() {
        run("drop table if exists t, copies, replaced; delete from backfleet.job");
    }

    @Override
    public void close() throws SQLException {
        fleet.close();
    }

    @Override
    public ShardAccess access() {
        return fleet.access();
    }

    @Override
    public Task dispatched(int rows) {
        run("create table t (id bigint primary key, n integer not null default 0)");
        run("insert into t select i from generate_series(1, " + rows + ") i");
        try {
            var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
            return fleet.shard(fleet.job(definition), definition.table(), null, "{" + rows + "}");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Task inPasses(int rows, int passes) {
        run("create table t (id bigint primary key, n integer not null default 0)");
        run("insert into t select i from generate_series(1, " + rows + ") i");
        try {
            var definition = TestFleet.inPasses(fleet.definition("t", null, List.of("id"), "n=n + 1"), passes);
            return fleet.shard(fleet.job(definition), definition.table(), null, "{" + rows + "}");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Task comparing(int rows, Set<Integer> wrong) {
        run(
                "create table t (id bigint primary key, n integer not null default 0, m integer, broken boolean not null default false)");
        run("insert into t (id, m) select i, 1 from generate_series(1, " + rows + ") i");
        wrong.forEach(row -> run("update t set m = 2 where id = " + row));
        try {
            var like = fleet.definition("t", null, List.of("id"));
            var column = new ComparedColumn(
                    "m", 3, "1 / (case when broken then 0 else 1 end)", "integer", ComparedColumn.Equality.VALUE, null);
            var work = new CompareRows(
                    1, List.of(column), true, null, List.of(), null, null, null, null, null, null, null);
            var definition = like.working(work);
            return fleet.shard(fleet.job(definition), definition.table(), null, "{" + rows + "}");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // Those that are there already do not count as made.
    @Override
    public Task copying(int rows, Set<Integer> present) {
        run("create table t (id bigint primary key, n integer not null default 0)");
        run("create table copies (id bigint primary key, n integer not null)");
        run("insert into t select i from generate_series(1, " + rows + ") i");
        present.forEach(row -> run("insert into copies values (" + row + ", 0)"));
        try {
            var definition = new CopyFixture(fleet)
                    .job(
                            fleet.definition("t", null, List.of("id")),
                            "copies",
                            "id",
                            OnConflict.NOTHING,
                            Map.of(),
                            "id=id",
                            "n=n + 1");
            return fleet.shard(fleet.job(definition), definition.table(), null, "{" + rows + "}");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long found(ShardId shard) {
        return Long.parseLong(ask("select coalesce(sum(rows), 0) from backfleet.reconcile_tenant"));
    }

    @Override
    public Task dispatchedAgain(Task task) {
        run("update backfleet.shard set state = 'DISPATCHED', dispatch = dispatch + 1");
        return new Task(task.shard(), task.dispatch() + 1);
    }

    @Override
    public void reap(ShardId shard) {
        run("update backfleet.shard set state = 'PENDING', worker = null, lease_until = null");
    }

    @Override
    public void stopJob(ShardId shard) {
        run("update backfleet.job set state = 'PAUSING'");
    }

    @Override
    public void reject(ShardId shard, int row) {
        switch (ask("select definition ->> 'kind' from backfleet.job")) {
            case "compare-rows" -> run("update t set broken = true where id = " + row);
            case "copy-rows" -> run("alter table copies add check (id <> " + row + ")");
            default -> run("alter table t add check (n = 0 or id <> " + row + ")");
        }
    }

    @Override
    public void setErrorBudget(ShardId shard, int rows) {
        run("update backfleet.job set budget_rows = " + rows);
    }

    @Override
    public void replaceTable(ShardId shard) {
        run("alter table t rename to replaced; create table t (id bigint primary key, n integer not null default 0)");
    }

    @Override
    public Stored stored(ShardId shard) {
        var row = ask("select j.state, s.state, s.epoch, coalesce(s.lease_until > now(), false), s.rows_walked, "
                        + "s.rows_changed, (select count(*) from backfleet.quarantine), (select coalesce(sum(n), 0) from "
                        + changed() + ") "
                        + "from backfleet.shard s join backfleet.job j on j.id = s.job_id")
                .split(" ");
        return new Stored(
                JobState.valueOf(row[0]),
                ShardState.valueOf(row[1]),
                Long.parseLong(row[2]),
                row[3].equals("t"),
                Long.parseLong(row[4]),
                Long.parseLong(row[5]),
                Long.parseLong(row[6]),
                Long.parseLong(row[7]));
    }

    private String changed() {
        return ask("select coalesce(to_regclass('copies')::text, 't')");
    }

    private void run(String sql) {
        try {
            fleet.run(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String ask(String sql) {
        try {
            return fleet.ask(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
