package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.KnownRowStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Quarantines the next row: the same fence and the same walk as a batch of one row, but the row's key is recorded instead of the
 * row being changed, and the checkpoint moves past it in the same transaction.
 *
 * <p>Counting the quarantined row locks the job's row. So the whole fleet quarantines rows of a job one after the other, each
 * statement knows how many there are, and the one that spends the error budget halts the job before another row is added.
 */
final class QuarantineStatement {

    /**
     * Parameters after those of the walk: SQLSTATE, message, worker. The row it returns: cursor, quarantined, status,
     * limits; no row if the fence did not hold. It waits for its commit to be durable.
     */
    private static final String QUARANTINE = """
            ), backfleet_why as materialized (
              select ?::text as code, ?::text as message, ?::text as worker
            ), backfleet_job as (
              update backfleet.job j
              set quarantined = j.quarantined + 1,
                  state = case when backfleet.budget_spent(j, y.code) is null then j.state else 'HALTED' end,
                  error = coalesce(backfleet.budget_spent(j, y.code), j.error)
              from backfleet_walked w, backfleet_why y
              where j.id = (select job from backfleet_input) and j.state = 'RUNNING' and w.walked > 0
              returning j.state = 'HALTED' as halted
            ), backfleet_quarantined as (
              insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker)
              select i.job, i.number, to_regclass({relation-literal}), {row-key}, y.code, y.message, i.epoch, y.worker
              from backfleet_input i, backfleet_range r, backfleet_why y, backfleet_job
            {rejected}), backfleet_status as materialized (
              select case when w.walked > 0 and j.halted is null then 'JOB_STOPPED'
                          when j.halted then 'BUDGET_SPENT'
                          when {is-done} then 'DONE'
                          else 'CONTINUES' end as status,
                     j.halted is not null as quarantined
              from backfleet_range r cross join backfleet_walked w left join backfleet_job j on true
            ), backfleet_move as (
              update backfleet.shard s
              set cursor = case when n.status = 'JOB_STOPPED' then s.cursor else {next-point} end,{pass-unless-stopped}
                  rows_walked = s.rows_walked + case when n.quarantined then 1 else 0 end,
                  state = case when n.status = 'JOB_STOPPED' then 'PENDING'
                               when {is-done} then 'DONE'
                               when n.status = 'BUDGET_SPENT' then 'PENDING'
                               else s.state end,
                  worker = case when n.status = 'CONTINUES' then s.worker end,
                  lease_until = case when n.status = 'CONTINUES'
                    then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
              from backfleet_range r, backfleet_status n
              where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
              returning s.cursor{and-pass}, n.quarantined, n.status
            )
            select {moved-cursor}, m.quarantined, m.status, t.rate, t.slots, t.batch_seconds, t.wanted
            from backfleet_move m
            cross join backfleet_input i
            cross join lateral backfleet.terms(i.job, i.number) t
            """;

    private static final int ROWS = 1;

    private QuarantineStatement() {}

    /** Quarantines a row; empty if the fence did not hold. */
    static Optional<QuarantineResult> run(
            Connection connection, Claim claim, Step.Quarantine row, Duration lease, String worker)
            throws SQLException {
        if (row.failure().kind() == ErrorKind.TIMED_OUT) {
            // A slow row may come after keys of deleted rows.
            var next = NextRow.after(connection, claim, row.cursor(), lease);
            return next.isEmpty() ? Optional.empty() : ofKnownRow(connection, claim, row, next.get(), lease, worker);
        }
        var definition = claim.definition();
        var start = Start.of(row.cursor(), definition);
        var sql = BatchStatement.walking(definition, claim.relation(), start, claim.endsWithTenant(), QUARANTINE);
        try (var statement = connection.prepareStatement(sql)) {
            var next = PostgresRangeWorker.bind(
                    connection, statement, 1, claim, new Step.Batch(row.cursor(), ROWS), lease);
            return send(statement, next, claim, row, worker);
        }
    }

    private static Optional<QuarantineResult> ofKnownRow(
            Connection connection, Claim claim, Step.Quarantine row, NextRow.Point next, Duration lease, String worker)
            throws SQLException {
        var sql = KnownRowStatement.knowing(claim.definition(), claim.relation(), QUARANTINE);
        try (var statement = connection.prepareStatement(sql)) {
            var first = PostgresRangeWorker.bind(
                    connection, statement, 1, claim, new Step.Batch(row.cursor(), ROWS), lease);
            return send(statement, next.bind(connection, statement, first), claim, row, worker);
        }
    }

    private static Optional<QuarantineResult> send(
            PreparedStatement statement, int first, Claim claim, Step.Quarantine row, String worker)
            throws SQLException {
        statement.setString(first, row.failure().code());
        statement.setString(first + 1, row.failure().message());
        statement.setString(first + 2, worker);
        try (var rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(result(rows, claim)) : Optional.empty();
        }
    }

    private static QuarantineResult result(ResultSet row, Claim claim) throws SQLException {
        return new QuarantineResult(
                StoredCursor.read(row, claim.definition()),
                row.getBoolean("quarantined"),
                QuarantineResult.ShardStatus.valueOf(row.getString("status")),
                SlotLimitsMapper.read(row, claim.definition()));
    }
}
