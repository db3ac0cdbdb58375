package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.KnownRowStatement;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Puts the next row into quarantine: the same fence and the same walk as a batch of one row, but the row is written down
 * instead of changed, and the checkpoint moves past it in the same transaction.
 *
 * <p>The job's row is locked by counting the quarantined row there. So the whole fleet puts rows aside one after the
 * other, each knows how many there are, and the one that spends the error budget halts the job before there is another.
 */
final class QuarantineStatement {

    /**
     * Parameters after those of the walk: SQLSTATE, message, worker. The row it returns: cursor, quarantined, standing,
     * terms; no row if the fence did not hold. It waits for its commit to be durable.
     */
    private static final String ASIDE = """
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
            ), backfleet_aside as (
              insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker)
              select i.job, i.number, to_regclass({relation-literal}), {row-key}, y.code, y.message, i.epoch, y.worker
              from backfleet_input i, backfleet_range r, backfleet_why y, backfleet_job
            ), backfleet_standing as materialized (
              select case when w.walked > 0 and j.halted is null then 'JOB_STOPPED'
                          when j.halted then 'BUDGET_SPENT'
                          when r.last then 'DONE'
                          else 'GOES_ON' end as standing,
                     j.halted is not null as quarantined
              from backfleet_range r cross join backfleet_walked w left join backfleet_job j on true
            ), backfleet_move as (
              update backfleet.shard s
              set cursor = case when n.standing = 'JOB_STOPPED' then s.cursor else r.point end,
                  rows_walked = s.rows_walked + case when n.quarantined then 1 else 0 end,
                  state = case when n.standing = 'JOB_STOPPED' then 'PENDING'
                               when r.last then 'DONE'
                               when n.standing = 'BUDGET_SPENT' then 'PENDING'
                               else s.state end,
                  worker = case when n.standing = 'GOES_ON' then s.worker end,
                  lease_until = case when n.standing = 'GOES_ON'
                    then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
              from backfleet_range r, backfleet_standing n
              where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
              returning s.cursor, n.quarantined, n.standing
            )
            select m.cursor, m.quarantined, m.standing, t.rate, t.slots, t.batch_seconds, t.wanted
            from backfleet_move m
            cross join backfleet_input i
            cross join lateral backfleet.terms(i.job, i.number) t
            """;

    private static final int ROWS = 1;

    private QuarantineStatement() {}

    /** Puts a row aside; nothing if the fence did not hold. */
    static Optional<QuarantineResult> run(
            Connection connection, Claim claim, Step.Quarantine row, Duration lease, String worker)
            throws SQLException {
        if (row.failure().kind() == ErrorKind.TIMED_OUT) {
            // A slow row may be behind keys of deleted rows.
            var next = NextRow.after(connection, claim, row.cursor(), lease);
            return next.isEmpty() ? Optional.empty() : known(connection, claim, row, next.get(), lease, worker);
        }
        var definition = claim.definition();
        var start = BatchStatement.Start.of(row.cursor(), definition);
        var sql = BatchStatement.walking(definition, claim.relation(), start, claim.endsWithTenant(), ASIDE);
        try (var statement = connection.prepareStatement(sql)) {
            var next = BatchExecutor.bind(connection, statement, 1, claim, new Step.Batch(row.cursor(), ROWS), lease);
            return put(statement, next, claim, row, worker);
        }
    }

    private static Optional<QuarantineResult> known(
            Connection connection, Claim claim, Step.Quarantine row, NextRow.Point next, Duration lease, String worker)
            throws SQLException {
        var sql = KnownRowStatement.knowing(claim.definition(), claim.relation(), ASIDE);
        try (var statement = connection.prepareStatement(sql)) {
            var first = BatchExecutor.bind(connection, statement, 1, claim, new Step.Batch(row.cursor(), ROWS), lease);
            return put(statement, next.bind(connection, statement, first), claim, row, worker);
        }
    }

    private static Optional<QuarantineResult> put(
            PreparedStatement statement, int first, Claim claim, Step.Quarantine row, String worker)
            throws SQLException {
        statement.setString(first, row.failure().code());
        statement.setString(first + 1, row.failure().message());
        statement.setString(first + 2, worker);
        try (var rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(aside(rows, claim)) : Optional.empty();
        }
    }

    private static QuarantineResult aside(ResultSet row, Claim claim) throws SQLException {
        var cursor = row.getArray("cursor");
        return new QuarantineResult(
                cursor == null ? Cursor.START : new Cursor(List.of((String[]) cursor.getArray())),
                row.getBoolean("quarantined"),
                QuarantineResult.Standing.valueOf(row.getString("standing")),
                SlotLimitsMapper.read(row, claim.definition()));
    }
}
