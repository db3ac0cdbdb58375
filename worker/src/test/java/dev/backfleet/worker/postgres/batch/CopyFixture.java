package dev.backfleet.worker.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyKey;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.CopyTarget;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.worker.postgres.TestFleet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;

/** Jobs that copy rows, as a submission would store them. */
public final class CopyFixture {
    private final TestFleet fleet;

    public CopyFixture(TestFleet fleet) {
        this.fleet = fleet;
    }

    /**
     * A copy of the rows that another job would update: its table, key and condition are taken from that.
     *
     * @param back the columns that are written back, by the column of the row
     * @param values each {@code column=expression}
     */
    public JobDefinition job(
            JobDefinition like,
            String into,
            String key,
            OnConflict conflict,
            Map<String, String> back,
            String... values)
            throws SQLException {
        var target = fleet.table(into);
        var copied = new ArrayList<CopiedColumn>();
        for (var value : values) {
            var parts = value.split("=", 2);
            var facts = column(target, parts[0]).split(" ", 2);
            copied.add(new CopiedColumn(parts[0], Integer.parseInt(facts[0]), parts[1], facts[1]));
        }
        var keys = new ArrayList<CopyKey>();
        for (var name : key.split(",")) {
            var collation =
                    fleet.ask("select quote_ident(n.nspname) || '.' || quote_ident(c.collname) from pg_attribute a "
                            + "left join pg_collation c on c.oid = a.attcollation left join pg_namespace n on n.oid = c.collnamespace "
                            + "where a.attrelid = " + target.oid() + " and a.attname = '" + name + "'");
            keys.add(new CopyKey(
                    name,
                    Integer.parseInt(column(target, name).split(" ", 2)[0]),
                    "operator(pg_catalog.=)",
                    collation.equals("null") ? null : collation));
        }
        var written = new ArrayList<WriteBack>();
        for (var one : back.entrySet()) {
            var facts = column(like.table(), one.getKey()).split(" ", 2);
            written.add(new WriteBack(one.getKey(), Integer.parseInt(facts[0]), facts[1], one.getValue()));
        }
        return like.working(new CopyRows(
                new CopyTarget(target.oid(), target.schema(), target.name(), keys),
                copied,
                like.work().where(),
                conflict,
                written,
                Triggers.FIRE,
                null));
    }

    private String column(JobDefinition.Table table, String name) throws SQLException {
        return fleet.ask("select a.attnum, quote_ident(n.nspname) || '.' || quote_ident(t.typname) from pg_attribute a "
                + "join pg_type t on t.oid = a.atttypid join pg_namespace n on n.oid = t.typnamespace where a.attrelid = "
                + table.oid() + " and a.attname = '" + name + "'");
    }
}
