package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PaceRow;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.ShardLeases;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.statement.Update;

/** The leases on shards in the control schema. */
public final class PostgresShardLeases implements ShardLeases {

    // A claim waits only for the row lock of a batch or a pause. Tasks in reserve are published as long as the fleet
    // has no slots beyond the job's concurrency: if the fleet has grown meanwhile, they are rejected here.
    // Where a pass begins, and passes win nothing, all that is left is done in one.
    private static final String CLAIM = """
            update backfleet.shard s
            set state = 'RUNNING', epoch = backfleet.next_epoch(s.epoch), worker = :worker, not_before = null,
                lease_until = clock_timestamp() + make_interval(secs => :lease),
                merged = s.merged or j.merge_passes and s.cursor is not distinct from s.lower
            from backfleet.job j, backfleet.job_relation r
            where s.job_id = :job and s.number = :number and s.dispatch = :dispatch and s.state = 'DISPATCHED'
              and j.id = s.job_id and j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
              and r.job_id = s.job_id and r.relation = s.relation
              and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
              and (select count(*) from backfleet.shard o where o.job_id = :job and o.state = 'RUNNING')
                  < backfleet.slots_now(j)
            returning s.epoch, s.cursor, s.pass, s.upper, s.relation::bigint as relation, r.schema_name, r.table_name, j.definition,
                      j.name as backfill, greatest(0, extract(epoch from clock_timestamp() - s.dispatched_at)) as waited,
                      backfleet.rate_of(j) as rate, j.batch_seconds, true as wanted,
                      coalesce((to_jsonb(j) ->> 'row_timeout')::double precision, 1.5) as row_timeout,
                      (select 1 + count(*) from backfleet.shard o where o.job_id = :job and o.state = 'RUNNING') as slots
            """;

    private static final String RENEW = """
            update backfleet.shard
            set lease_until = clock_timestamp() + make_interval(secs => :lease)
            where job_id = :job and number = :number and epoch = :epoch and state = 'RUNNING'
            """;

    private static final String READ_BACK = """
            select s.cursor, s.pass, array_to_string(array(select d from backfleet.differences(s.job_id) d order by d), '; ') as differences
            from backfleet.shard s
            where s.job_id = :job and s.number = :number and s.epoch = :epoch and s.state = 'RUNNING'
            """;

    private static final String GIVE_BACK = """
            update backfleet.shard
            set state = 'PENDING', worker = null, lease_until = null,
                not_before = case when :delay > 0 then clock_timestamp() + make_interval(secs => :delay) end
            where job_id = :job and number = :number and epoch = :epoch and state = 'RUNNING'
            """;

    private static final String FAIL = """
            update backfleet.shard
            set state = 'FAILED', worker = null, lease_until = null, error_code = :code, error = :message
            where job_id = :job and number = :number and epoch = :epoch and state = 'RUNNING'
            """;

    // If the same failure comes back soon, the next probe comes later: the wait doubles.
    private static final String PAUSE_JOB = """
            update backfleet.job
            set state = 'PAUSING', reason = :reason, trouble = :code, troubled_at = clock_timestamp(),
                probes = p.probes, probe_at = case when :passes then backfleet.next_probe(p.probes) end
            from (select case when troubled_at > clock_timestamp() - interval '30 minutes' then probes + 1 else 0 end as probes
                  from backfleet.job where id = :job) p
            where id = :job and state = 'RUNNING'
            """;

    private static final String HALT_JOB = """
            update backfleet.job
            set state = 'HALTED',
                error = coalesce((select string_agg(d, '; ' order by d) from backfleet.differences(:job) d), :reason)
            where id = :job and state = 'RUNNING'
            """;

    private final Database database;
    private final String worker;
    private final Duration lease;

    /**
     * Of one worker.
     *
     * @param database connections with {@link WorkerSession}'s settings
     * @param worker this worker's id
     * @param lease how long a claim is valid without being renewed
     */
    public PostgresShardLeases(Database database, String worker, Duration lease) {
        this.database = database;
        this.worker = worker;
        this.lease = lease;
    }

    @Override
    public Optional<Claim> claim(Task task) {
        return call(handle -> {
            try {
                return handle.createQuery(CLAIM)
                        .bind("worker", worker)
                        .bind("lease", seconds(lease))
                        .bind("job", task.shard().job())
                        .bind("number", task.shard().number())
                        .bind("dispatch", task.dispatch())
                        .map((row, context) -> claim(task.shard(), row))
                        .findOne();
            } catch (UnreadableException e) {
                UnreadableJob.decline(handle, task, worker, e);
                return Optional.empty();
            }
        });
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        // If the job is deleted, the fence of the batch fails.
        return call(handle -> PaceClock.reserve(handle, claim, request))
                .orElseGet(() -> new Reservation(true, Duration.ZERO, claim.limits()));
    }

    @Override
    public void settle(Claim claim, double rows) {
        run(handle -> PaceRow.charge(handle, claim.shard().job(), rows));
    }

    @Override
    public boolean renew(Claim claim) {
        return call(handle -> handle.createUpdate(RENEW)
                        .bindMap(guard(claim))
                        .bind("lease", seconds(lease))
                        .execute()
                == 1);
    }

    @Override
    public ClaimStatus readBack(Claim claim) {
        return call(handle -> handle.createQuery(READ_BACK)
                .bindMap(guard(claim))
                .map((row, context) -> status(row))
                .findOne()
                .orElseGet(ClaimStatus.Lost::new));
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        run(handle -> giveBack(handle, claim, delay));
    }

    @Override
    public void putBack(Claim claim, Duration delay, Failure failure) {
        run(handle -> {
            StuckShard.note(handle, claim, worker, failure);
            giveBack(handle, claim, delay);
        });
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        run(handle -> handle.createUpdate(FAIL)
                .bindMap(guard(claim))
                .bind("code", failure.code())
                .bind("message", failure.message())
                .execute());
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        var environment = EnvironmentFailure.of(failure.code());
        var why = environment.map(EnvironmentFailure::words).orElse("the server takes no writes");
        stopJob(PAUSE_JOB, claim, update -> update.bind("code", failure.code())
                .bind("passes", environment.map(EnvironmentFailure::isTemporary).orElse(false))
                .bind("reason", "paused itself: " + why + " (" + words(failure) + ")"));
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        stopJob(HALT_JOB, claim, update -> update.bind("reason", words(failure)));
    }

    private void stopJob(String statement, Claim claim, UnaryOperator<Update> details) {
        run(handle -> handle.useTransaction(transaction -> {
            // A worker that has lost its lease must not stop the job.
            if (giveBack(transaction, claim, Duration.ZERO)) {
                details.apply(transaction
                                .createUpdate(statement)
                                .bind("job", claim.shard().job()))
                        .execute();
            }
        }));
    }

    private static String words(Failure failure) {
        return failure.code() + ": " + failure.message();
    }

    private static boolean giveBack(Handle handle, Claim claim, Duration delay) {
        return handle.createUpdate(GIVE_BACK)
                        .bindMap(guard(claim))
                        .bind("delay", seconds(delay))
                        .execute()
                == 1;
    }

    private static Claim claim(ShardId shard, ResultSet row) throws SQLException {
        var relation = new JobDefinition.Table(
                row.getLong("relation"), row.getString("schema_name"), row.getString("table_name"));
        var definition = JobDefinition.JSON.read(row.getString("definition"));
        var upper = (String[]) row.getArray("upper").getArray();
        return new Claim(
                shard,
                row.getLong("epoch"),
                StoredCursor.read(row),
                upper.length < definition.key().size(),
                relation,
                definition,
                SlotLimitsMapper.read(row, definition),
                SlotLimitsMapper.seconds(row.getDouble("row_timeout")),
                new Claim.Origin(row.getString("backfill"), SlotLimitsMapper.seconds(row.getDouble("waited"))));
    }

    private static ClaimStatus status(ResultSet row) throws SQLException {
        var differences = row.getString("differences");
        return differences.isEmpty()
                ? new ClaimStatus.Held(StoredCursor.read(row))
                : new ClaimStatus.Changed(Failure.pinsChanged(differences));
    }

    private static Map<String, Object> guard(Claim claim) {
        return Map.of("job", claim.shard().job(), "number", claim.shard().number(), "epoch", claim.epoch());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private <T> T call(HandleCallback<T, SQLException> work) {
        return FailureMapping.translating(() -> database.jdbi().withHandle(work));
    }

    private void run(HandleConsumer<SQLException> work) {
        call(handle -> {
            work.useHandle(handle);
            return true;
        });
    }
}
