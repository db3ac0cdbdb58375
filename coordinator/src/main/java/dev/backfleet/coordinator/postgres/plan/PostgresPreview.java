package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.query.plan.PlanReport.Shards;
import dev.backfleet.coordinator.query.plan.PlanSpec;
import dev.backfleet.coordinator.query.plan.RowSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Shows what a job would do; stores nothing. */
public final class PostgresPreview implements PlanSpec.Preview {

    // Of PostgreSQL's own volatile functions, those that have no effect at all.
    private static final List<String> HARMLESS =
            List.of("clock_timestamp", "gen_random_uuid", "random", "random_normal", "timeofday", "uuidv4", "uuidv7");

    private static final String EFFECTS = """
            select distinct what from (
              select 'the volatile function ' || p.proname as what
              from pg_catalog.pg_proc p
              where p.provolatile = 'v' and p.proname = any(:names)
                and not (p.pronamespace = 'pg_catalog'::regnamespace and p.proname = any(:harmless))
              union all
              select 'the trigger ' || quote_ident(t.tgname) || ', which is written in ' || l.lanname
              from pg_catalog.pg_trigger t
              join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_language l on l.oid = p.prolang
              where t.tgrelid = any(:leaves) and not t.tgisinternal and t.tgtype::int & 16 = 16
                and t.tgenabled::text = any(:enabled) and l.lanname not in ('plpgsql', 'sql')
                and t.tgfoid <> 'pg_catalog.suppress_redundant_updates_trigger'::regproc) e
            order by what
            """;

    private final Database database;
    private final Ticker ticker;

    public PostgresPreview(Database database, Ticker ticker) {
        this.database = database;
        this.ticker = ticker;
    }

    @Override
    public Shards shards(JobDefinition definition, List<JobDefinition.Table> leaves, Optional<Rollout> rollout) {
        return new ShardPreview(database, ticker, definition, leaves).shards(rollout);
    }

    @Override
    public RowSample sample(JobDefinition definition, List<JobDefinition.Table> leaves) {
        return database.jdbi().withHandle(handle -> sample(handle, definition, leaves));
    }

    // A time limit for all partitions together: most of them may have no row that needs the change.
    private RowSample sample(Handle handle, JobDefinition definition, List<JobDefinition.Table> leaves) {
        var rows = new ArrayList<RowSample.Row>();
        var end = ticker.now().plus(SampledRows.LONGEST);
        for (var leaf : leaves) {
            var left = end.minus(ticker.now());
            if (rows.size() == SampledRows.ROWS) {
                return new RowSample(rows, null);
            }
            var note = left.isNegative() || left.isZero()
                    ? Optional.of(SampledRows.TOO_LONG)
                    : new SampledRows(handle, definition, leaf).add(rows, left);
            if (note.isPresent()) {
                return new RowSample(rows, note.get());
            }
        }
        return new RowSample(
                rows,
                rows.size() == SampledRows.ROWS
                        ? null
                        : rows.isEmpty() ? "no row needs the change" : "no more rows need the change");
    }

    @Override
    public String statement(JobDefinition definition) {
        var table = definition.table();
        var from = Identifier.of(table.schema()) + "." + Identifier.of(table.name());
        var key = definition.key().stream()
                .map(KeyColumn::name)
                .map(name -> Identifier.of(name).toString())
                .collect(joining(", "));
        var where = definition.work().where();
        var rows = "\nwhere (" + key + ") is in the range of the batch"
                + (definition.walk().inPasses() ? ", and in the class of the pass" : "")
                + (where == null ? "" : "\n  and (" + where.strip() + ")");
        return definition.work().kind() == Work.Kind.COPY_ROWS
                ? CopyPreview.statement(definition.copyRows(), from, rows)
                : "update " + from + "\nset "
                        + definition.work().set().stream()
                                .map(one -> Identifier.of(one.column()) + " = ("
                                        + one.expression().strip() + ")")
                                .collect(joining(",\n    "))
                        + rows;
    }

    @Override
    public List<String> effects(JobDefinition definition, List<JobDefinition.Table> leaves) {
        var names = definition.work().expressions().stream()
                .flatMap(expression -> expression.names().stream())
                .distinct()
                .toArray();
        var suppressed = definition.work().suppressesTriggers();
        return database.jdbi().withHandle(handle -> handle.createQuery(EFFECTS)
                .bindArray("names", String.class, names)
                .bindArray("harmless", String.class, HARMLESS)
                .bindArray("enabled", String.class, suppressed ? "R" : "O", "A")
                .bindArray(
                        "leaves",
                        Long.class,
                        leaves.stream().map(JobDefinition.Table::oid).toArray())
                .mapTo(String.class)
                .list());
    }
}
