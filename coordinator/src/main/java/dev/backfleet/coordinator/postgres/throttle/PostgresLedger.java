package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.job.UnreadableJobs;
import dev.backfleet.coordinator.throttle.FullSpeed;
import dev.backfleet.coordinator.throttle.ThrottlePolicy;
import dev.backfleet.coordinator.throttle.ThrottleRepository;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What holds jobs back, kept in the control schema. */
public final class PostgresLedger implements ThrottleRepository {

    private static final String JOBS = """
            select j.id, j.definition, t.wanted, j.factor, j.full_rows, j.full_slots,
                   case when j.measured_at > now() - interval '5 seconds' then j.rows_per_second end as rows_per_second,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') as running,
                   j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
                     and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN') as due
            from backfleet.job j left join backfleet.throttle t on t.job_id = j.id
            where j.state in ('RUNNING', 'PAUSING', 'PAUSED')
            order by j.id
            """;

    private static final String UNREADABLE = "the throttle";

    private final Database database;

    /** Creates it. */
    public PostgresLedger(Database database) {
        this.database = database;
    }

    @Override
    public List<ThrottledJob> jobs() {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(JOBS).map((row, context) -> readable(handle, row)).list().stream()
                                .flatMap(Optional::stream)
                                .toList());
    }

    // One that this version cannot read is held back as it was before; the others are looked after.
    private static Optional<ThrottledJob> readable(Handle handle, ResultSet row) throws SQLException {
        var id = row.getLong("id");
        try {
            return Optional.of(read(handle, id, row));
        } catch (UnreadableException e) {
            new NoteStore(handle).tell(id, UNREADABLE, "the throttle does not look after it: " + e.getMessage());
            UnreadableJobs.met(handle, id, e);
            return Optional.empty();
        }
    }

    @Override
    public void store(long job, ThrottlePolicy brake, Optional<FullSpeed> full, Optional<Charge> charge) {
        database.jdbi().useTransaction(handle -> {
            var store = new ThrottleStore(handle);
            store.brake(job, brake.factor(), full);
            store.looked(job, brake.holding());
            charge.ifPresent(cost -> store.charge(job, cost.signal(), cost.seconds()));
        });
    }

    private static ThrottledJob read(Handle handle, long job, ResultSet row) throws SQLException {
        var wanted = row.getString("wanted");
        return new ThrottledJob(
                job,
                JobDefinition.JSON.read(row.getString("definition")),
                new JobStore(handle).relations(job),
                wanted == null ? ThrottleSpec.DEFAULT : ThrottleSpec.JSON.read(wanted),
                pace(row));
    }

    private static ThrottledJob.Pace pace(ResultSet row) throws SQLException {
        var rows = row.getObject("full_rows", Double.class);
        var full = rows == null
                ? Optional.<FullSpeed>empty()
                : Optional.of(new FullSpeed(rows, row.getDouble("full_slots")));
        return new ThrottledJob.Pace(
                row.getDouble("factor"),
                row.getDouble("rows_per_second"),
                row.getInt("running"),
                row.getBoolean("due"),
                full);
    }
}
