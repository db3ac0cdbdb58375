package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.report.SyncTime;
import dev.backfleet.benchmark.report.SyncWay;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import java.sql.SQLException;

/** Measures what the writes of an application, and batches, take with a sync and without. */
public final class SyncTrial {
    private static final String MIGRATION = """
            migration: cost
            table: public.synced
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name:  { type: text, up: "substr(full_name, strpos(full_name, ' ') + 1)" }
            """;

    private static final String DOWN = "down: { full_name: \"concat_ws(' ', first_name, nullif(last_name, ''))\" }\n";

    private static final String TABLE = """
            drop table if exists synced;
            drop function if exists backfleet_sync_cost();
            create table synced (id bigint primary key, tenant_id integer not null, full_name text not null, email text not null,
              visits integer not null default 0, first_name text, last_name text) with (autovacuum_enabled = off);
            insert into synced (id, tenant_id, full_name, email)
              select i, i %% 100, 'Ann' || i || ' van der Berg', 'ann' || i || '@example.com' from generate_series(1, %d) i;
            update synced set first_name = split_part(full_name, ' ', 1), last_name = substr(full_name, strpos(full_name, ' ') + 1);
            vacuum (full, analyze) synced;
            checkpoint
            """;

    private static final String BATCH = """
            update synced set first_name = (split_part(full_name, ' ', 1)), last_name = (substr(full_name, strpos(full_name, ' ') + 1))
            where id > %d and id <= %d
            """;

    private static final int BATCH_ROWS = 2_000;

    private final String url;
    private final int rows;
    private final Ticker ticker = Ticker.system();

    public SyncTrial(String url, int rows) {
        this.url = url;
        this.rows = rows;
    }

    /** Measures one way, on a table that is made anew. */
    public SyncTime measure(int round, SyncWay way) throws SQLException {
        try (var sql = Sql.connect(url)) {
            for (var statement : TABLE.formatted(rows).split(";")) {
                sql.run(statement);
            }
            if (way != SyncWay.NONE) {
                install(sql, way);
            }
            sql.run("set synchronous_commit = off");
            var insert = each(
                    sql,
                    "insert into synced (id, tenant_id, full_name, email) values (? + " + rows + ", 1, 'Bob B', 'b')");
            var other = each(sql, "update synced set visits = visits + 1 where id = ?");
            var watched = each(sql, "update synced set full_name = full_name || 'x' where id = ?");
            sql.run("vacuum synced");
            sql.run("checkpoint");
            return new SyncTime(round, way, insert, other, watched, batches(sql));
        }
    }

    private void install(Sql sql, SyncWay way) throws SQLException {
        var file = MIGRATION
                + (way == SyncWay.ONE_WAY ? "" : DOWN)
                + (way == SyncWay.RAISE ? "sync: { on-error: raise }\n" : "");
        var migration = MigrationParser.parse("cost.yaml", file).migration();
        try (var database = FleetRun.database(url)) {
            var shape = new PostgresMigrationCatalog(database).shape(migration).orElseThrow();
            for (var step : Steps.of(migration, shape)) {
                if (step.phase() == Step.Phase.SYNC) {
                    for (var statement : step.statements()) {
                        sql.run(statement);
                    }
                }
            }
        }
    }

    // A transaction for each row, in the order of the ids.
    private double each(Sql sql, String text) throws SQLException {
        try (var statement = sql.connection().prepareStatement(text)) {
            var start = ticker.now();
            for (long id = 1; id <= rows; id++) {
                statement.setLong(1, id);
                statement.executeUpdate();
            }
            return ticker.now().minus(start).toNanos() / 1e3 / rows;
        }
    }

    private double batches(Sql sql) throws SQLException {
        var start = ticker.now();
        for (var from = 0; from < rows; from += BATCH_ROWS) {
            sql.run("begin");
            sql.run("set local backfleet.sync = 'cost'");
            sql.run(BATCH.formatted(from, from + BATCH_ROWS));
            sql.run("commit");
        }
        return ticker.now().minus(start).toNanos() / 1e3 / rows;
    }
}
