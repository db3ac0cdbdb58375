package dev.backfleet.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.control.ControlChannel;
import dev.backfleet.coordinator.operation.control.Resume;
import dev.backfleet.coordinator.operation.control.StopWork;
import dev.backfleet.coordinator.operation.quarantine.DropRows;
import dev.backfleet.coordinator.operation.quarantine.ReplaceExpressions;
import dev.backfleet.coordinator.operation.quarantine.RetryQuarantine;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresPruning;
import dev.backfleet.coordinator.postgres.control.PostgresRetries;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSettings;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.quarantine.PostgresDefinitions;
import dev.backfleet.coordinator.postgres.quarantine.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Every operation on a real PostgreSQL, without a command line; the control topic is a list. */
public final class Bench implements AutoCloseable {
    public static final Actor ANN = Actor.commandLine("ann");
    public static final String SPEC = "name: j\ntable: t\ntenant: tenant\nset: { n: n + 1 }\n";

    // All that operations store. The clock of a rate is no part of it.
    private static final String STORED = """
            select string_agg(line, E'\\n') from (
              select 'job ' || j::text as line from backfleet.job j
              union all select 'shard ' || s::text from backfleet.shard s
              union all select 'control ' || c::text from backfleet.control c
              union all select 'quarantine ' || q::text from backfleet.quarantine q
              union all select 'relation ' || r::text from backfleet.job_relation r
              union all select 'audit ' || a::text from backfleet.audit a
              union all select 'row ' || t::text from t
              order by line) l
            """;

    public final ControlRows rows = new ControlRows();
    public final List<String> published = new ArrayList<>();

    /** What others do while a record is published. */
    public Runnable whilePublishing = () -> {};

    public final Lookup lookup = new Lookup(new PostgresQueries(rows.database()));

    public Bench() {
        rows.execute(
                "create table t (tenant integer, id integer, n integer not null default 0, primary key (tenant, id))");
        rows.execute("insert into t select 1 + i / 51, i from generate_series(1, 100) i");
        rows.execute("create function refuse() returns trigger language plpgsql as "
                + "$$ begin raise exception 'the audit takes nothing'; end $$");
    }

    /** The job {@code j}, planned and RUNNING, with nothing in the audit. */
    public long job(String more) {
        rows.execute("delete from backfleet.job");
        rows.execute("delete from backfleet.control");
        rows.execute("update t set n = 0");
        published.clear();
        var job = submit().run(ANN, SpecParser.parse("s.yaml", SPEC + more)).id();
        new PostgresPlans(rows.database()).plan(job);
        rows.execute("truncate backfleet.audit");
        return job;
    }

    /** Moves the job {@code j} to a state. */
    public void state(String state) {
        rows.execute(
                "update backfleet.job set state = ?, finished_at = case when ? in ('CANCELLED', 'SUCCEEDED', 'FAILED') "
                        + "then now() end",
                state,
                state);
    }

    /** Puts the rows with some ids into quarantine. */
    public void quarantine(int... ids) {
        for (var id : ids) {
            rows.execute(
                    "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker) "
                            + "select job_id, number, 't'::regclass, array[?::text, ?::text], '23514', 'no', 3, 'w' "
                            + "from backfleet.shard order by number limit 1",
                    1 + id / 51,
                    id);
        }
        rows.execute("update backfleet.job set quarantined = (select count(*) from backfleet.quarantine)");
        rows.execute("update backfleet.shard set state = 'DONE', cursor = upper, rows_walked = 100, rows_changed = 98");
    }

    /** Lets the audit refuse every row, or take them again. */
    public void auditRefuses(boolean refuses) {
        rows.execute("drop trigger if exists refuse on backfleet.audit");
        if (refuses) {
            rows.execute(
                    "create trigger refuse before insert on backfleet.audit for each row execute function refuse()");
        }
    }

    /** The audit, a line for each row: who, what, from what, to what, why. */
    public List<String> audit() {
        return column(
                "select concat_ws(' ', who, coalesce(job_name, '-'), action, setting, old_value, '>', new_value, reason) "
                        + "from backfleet.audit order by id");
    }

    public String ask(String sql) {
        return column(sql).get(0);
    }

    private List<String> column(String sql) {
        return database().jdbi().withHandle(handle -> handle.createQuery(sql)
                .map((row, context) -> String.valueOf(row.getString(1)))
                .list());
    }

    /** That an operation is refused with a code and a message, and that it leaves everything as it was. */
    public void assertRefused(Code code, String message, ThrowingCallable operation) {
        var before = ask(STORED);
        var refused = catchThrowableOfType(OperationRefused.class, operation);
        assertThat(refused).hasMessage(message);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(ask(STORED)).isEqualTo(before);
        assertThat(published).isEmpty();
    }

    /** That an operation which cannot be audited fails, and leaves everything as it was. */
    public void assertNothingWithoutAudit(ThrowingCallable operation) {
        auditRefuses(true);
        try {
            var before = ask(STORED);
            assertThat(catchThrowableOfType(RuntimeException.class, operation))
                    .hasStackTraceContaining("the audit takes nothing");
            assertThat(ask(STORED)).isEqualTo(before);
        } finally {
            auditRefuses(false);
        }
    }

    public Database database() {
        return rows.database();
    }

    public SubmitJob submit() {
        return new SubmitJob(new PostgresCatalog(database()), new PostgresIntake(database()));
    }

    public StopWork stop() {
        return new StopWork(lookup, new PostgresControl(database()), channel(), Ticker.system());
    }

    public Resume resume() {
        return new Resume(
                lookup,
                new PostgresControl(database()),
                channel(),
                new PostgresPins(database()),
                new PostgresQuarantine(database()));
    }

    public ChangeSettings changeSettings() {
        return new ChangeSettings(lookup, new PostgresSettings(database()));
    }

    public PromoteWave promote() {
        return new PromoteWave(lookup, new PostgresRollouts(database()));
    }

    public RetryShards retryShards() {
        return new RetryShards(lookup, new PostgresRetries(database()));
    }

    public PruneJobs prune() {
        return new PruneJobs(lookup, new PostgresPruning(database()), new PostgresQuarantine(database()));
    }

    public DropRows dropRows() {
        return new DropRows(lookup, new PostgresQuarantine(database()));
    }

    public ReplaceExpressions replaceExpressions() {
        return new ReplaceExpressions(lookup, new PostgresCatalog(database()), new PostgresDefinitions(database()));
    }

    public RetryQuarantine retryQuarantine() {
        return new RetryQuarantine(lookup, new PostgresQuarantine(database()), replaceExpressions(), time -> {});
    }

    private ControlChannel channel() {
        return (scope, wish) -> {
            published.add(scope.key() + " " + wish.state() + " by " + wish.by());
            whilePublishing.run();
            return new ControlPosition("T", published.size());
        };
    }

    @Override
    public void close() {
        rows.close();
    }
}
