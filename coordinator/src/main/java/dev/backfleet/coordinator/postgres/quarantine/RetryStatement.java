package dev.backfleet.coordinator.postgres.quarantine;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.batch.CopyPart;
import dev.backfleet.common.postgres.batch.KeptRows;
import dev.backfleet.common.postgres.batch.RowChange;
import dev.backfleet.common.postgres.batch.TransactionSettings;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Writes the statement that retries a row: it locks the row in quarantine, the shard, the job and the desired state of the
 * fleet, in the order in which workers lock them, and changes the row and removes it from quarantine only if all of them permit
 * it. A pause waits for these locks before it is confirmed; a later retry finds that the conditions do not hold.
 */
final class RetryStatement {

    // Parameters: job, number of the row. While a job is RUNNING, everything that stops its workers stops this too. A
    // job that has ended has no time window and no throttle, and only a pause of the fleet applies to it. A HALTED job
    // has stopped itself: its rows may be changed by request if its table matches the snapshot and no pause of it was
    // stored; the throttle reads no signals for it.
    private static final String TEXT = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::bigint as id%1$s
            ), backfleet_row as materialized (
              select q.* from backfleet.quarantine q
              where q.id = (select id from backfleet_input) and q.job_id = (select job from backfleet_input)
              for update of q
            ), backfleet_shard as materialized (
              select s.number, s.tallied from backfleet.shard s
              where s.job_id = (select job_id from backfleet_row) and s.number = (select shard from backfleet_row)
              for no key update of s
            ), backfleet_job as materialized (
              select j.id from backfleet.job j
              where j.id = (select job_id from backfleet_row) and exists (select from backfleet_shard)
                and case j.state
                      when 'SUCCEEDED' then true
                      when 'FAILED' then true
                      when 'RUNNING' then backfleet.is_open(j.opens_at, j.closes_at) and backfleet.slots_now(j) > 0
                      when 'HALTED' then backfleet.is_open(j.opens_at, j.closes_at)
                        and not exists (select from backfleet.control c where c.scope = 'job/' || j.id and c.state <> 'RUN')
                        and not exists (select from backfleet.differences(j.id))
                      else false end
              for no key update of j
            ), backfleet_fleet as materialized (
              select c.scope from backfleet.control c
              where c.scope = 'fleet' and c.state = 'RUN' and exists (select from backfleet_job)
              for share of c
            ), backfleet_still as materialized (
              select backfleet.hold_still((select job from backfleet_input)) as tenants from backfleet_fleet
            ), backfleet_target as materialized (
              select backfleet_r.id, backfleet_r.key as backfleet_key, %2$s as waits
              from backfleet_row backfleet_r, backfleet_still backfleet_s
              where backfleet_r.relation = to_regclass(%3$s)%5$s
            ), %4$s, backfleet_removed as (
              delete from backfleet.quarantine q using backfleet_target t where q.id = t.id and not t.waits returning 1
            ), backfleet_counted as (
              update backfleet.shard s
              set rows_changed = s.rows_changed + (select count(*) from backfleet_change)
              where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_shard)
                and exists (select from backfleet_change)
            ), backfleet_uncounted as (
              update backfleet.job j
              set quarantined = j.quarantined - (select count(*) from backfleet_removed),
                  tallied_changed = j.tallied_changed
                    + (select count(*) from backfleet_change where (select tallied from backfleet_shard))
              where j.id = (select id from backfleet_job) and exists (select from backfleet_removed)
            )
            select case when not exists (select from backfleet_row) then 'GONE'
                        when not exists (select from backfleet_job) then 'JOB_NOT_RUNNING'
                        when not exists (select from backfleet_fleet) then 'FLEET_PAUSED'
                        when not exists (select from backfleet_target) then 'TABLE_CHANGED'
                        when (select waits from backfleet_target) then 'TENANT_PAUSED'
                        when exists (select from backfleet_change) then 'CHANGED'
                        else 'NO_NEED' end
            """;

    // The key in quarantine is text: the labels of an enum must be the same as when it was stored.
    private static final String LABELS =
            " and not exists (select from backfleet.label_differences(backfleet_r.job_id))";

    // A single row has the same timeout as in a worker's batch. The driver sends both statements with one Sync after
    // them:
    // they are one transaction.
    private static final String ROW_TIMEOUT = "select pg_catalog.set_config('statement_timeout', "
            + "greatest((j.row_timeout * 1000)::int, s.setting::int)::text, true) from backfleet.job j, pg_catalog.pg_settings s "
            + "where j.id = ? and s.name = 'statement_timeout'; ";

    private final JobDefinition job;
    private final JobDefinition.Table relation;
    private final RowAlias row;

    RetryStatement(JobDefinition job, JobDefinition.Table relation) {
        this.job = job;
        this.relation = relation;
        this.row = new RowAlias(job);
    }

    /** Retries a row in a transaction of its own. */
    Verdict run(Connection connection, long id, long number) throws SQLException {
        try (var statement = connection.prepareStatement(ROW_TIMEOUT + text())) {
            statement.setLong(1, id);
            statement.setLong(2, id);
            statement.setLong(3, number);
            statement.execute();
            if (!statement.getMoreResults()) {
                throw new IllegalStateException("the retry gave no result");
            }
            try (var rows = statement.getResultSet()) {
                rows.next();
                return Verdict.valueOf(rows.getString(1));
            }
        }
    }

    /** Plans the statement without running it. */
    void plan(Connection connection, long id, long number) throws SQLException {
        try (var statement = connection.prepareStatement("explain " + text())) {
            statement.setLong(1, id);
            statement.setLong(2, number);
            statement.execute();
        }
    }

    private String text() {
        var name = relation.quoted();
        return TEXT.formatted(
                TransactionSettings.columns(job),
                job.tenantLed() ? waits(name) : "false",
                "'" + name.replace("'", "''") + "'",
                changing(name),
                job.key().stream().anyMatch(KeyColumn::mayHaveLabels) ? LABELS : "");
    }

    private String changing(String name) {
        var isRow = each(i -> equal(
                i, row.key(i), "(select " + value("backfleet_key", i) + " from backfleet_target where not waits)"));
        return switch (job.work().kind()) {
            case UPDATE_ROWS -> updating(name, isRow, new RowChange(job.updateRows()));
            case COPY_ROWS -> new CopyPart(job).change(name, isRow);
            case COMPARE_ROWS -> throw new IllegalStateException("a comparison changes no row");
        };
    }

    private String updating(String name, String isRow, RowChange change) {
        return job.work().old().matter()
                ? new KeptRows(job).update(name, isRow, change)
                : "backfleet_change as (\n  update only " + name + " as " + row.quoted() + "\n  set "
                        + change.assignments() + "\n  where " + isRow + change.andWhere() + "\n  returning 1\n)";
    }

    // The tenant is compared as a value of its column: the collation decides which tenants are equal.
    private String waits(String relation) {
        var order = new KeyOrder(job.key());
        return "exists (select from only " + relation
                + " as backfleet_k, unnest(backfleet_s.tenants) backfleet_p where "
                + each(i -> equal(i, order.scanned(i), value("backfleet_r.key", i))) + " and "
                + equal(1, order.scanned(1), "backfleet_p::" + job.key().get(0).type()) + ")";
    }

    private String equal(int column, String left, String right) {
        return job.key().get(column - 1).compare(left, Comparison.EQUAL, right);
    }

    private String value(String key, int column) {
        return key + "[" + column + "]::" + job.key().get(column - 1).type();
    }

    private String each(IntFunction<String> condition) {
        return IntStream.rangeClosed(1, job.key().size()).mapToObj(condition).collect(joining(" and "));
    }
}
