package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.throttle.FullSpeed;
import dev.backfleet.coordinator.throttle.Reading;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about {@code backfleet.throttle} and {@code backfleet.throttle_cost}. */
public final class ThrottleStore {

    private static final String WANTED = """
            insert into backfleet.throttle (job_id, wanted) values (:job, :wanted::jsonb)
            """;

    private static final String BRAKE = """
            update backfleet.job
            set factor = :factor, full_rows = coalesce(:rows, full_rows), full_slots = coalesce(:slots, full_slots)
            where id = :job and state = 'RUNNING' and (factor <> :factor or full_rows is distinct from coalesce(:rows, full_rows))
            """;

    private static final String LOOKED = """
            insert into backfleet.throttle as t (job_id, signal, measure, value, threshold, level, note)
            values (:job, :signal, :measure, :value, :threshold, :level, :note)
            on conflict (job_id) do update
            set signal = excluded.signal, measure = excluded.measure, value = excluded.value,
                threshold = excluded.threshold, level = excluded.level, note = excluded.note
            """;

    private static final String CHARGE = """
            insert into backfleet.throttle_cost as c (job_id, signal, seconds) values (:job, :signal, :seconds)
            on conflict (job_id, signal) do update set seconds = c.seconds + excluded.seconds
            """;

    private final Handle handle;

    public ThrottleStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores what a job's spec says. */
    public void want(long job, ThrottleSpec wanted) {
        handle.createUpdate(WANTED)
                .bind("job", job)
                .bind("wanted", ThrottleSpec.JSON.write(wanted))
                .execute();
    }

    /** Stores what a job is held back to, which the next batch of each worker complies with. */
    void brake(long job, double factor, Optional<FullSpeed> full) {
        handle.createUpdate(BRAKE)
                .bind("job", job)
                .bind("factor", factor)
                .bind("rows", full.map(FullSpeed::rows).orElse(null))
                .bind("slots", full.map(FullSpeed::slots).orElse(null))
                .execute();
    }

    /** Stores what holds a job back, if anything does. */
    void looked(long job, Optional<Reading> holding) {
        handle.createUpdate(LOOKED)
                .bind("job", job)
                .bindMap(holding.map(ThrottleStore::columns).orElseGet(() -> columns(null)))
                .execute();
    }

    /** Charges a signal with seconds of full speed lost. */
    void charge(long job, String signal, double seconds) {
        handle.createUpdate(CHARGE)
                .bind("job", job)
                .bind("signal", signal)
                .bind("seconds", seconds)
                .execute();
    }

    private static Map<String, @Nullable Object> columns(@Nullable Reading held) {
        var columns = new HashMap<String, @Nullable Object>();
        columns.put("signal", held == null ? null : held.sample().signal());
        columns.put("measure", held == null ? null : held.sample().measure().name());
        columns.put("value", held == null ? null : held.sample().value());
        columns.put("threshold", held == null ? null : held.threshold());
        columns.put("level", held == null ? null : held.level().name());
        columns.put("note", held == null ? null : held.sample().note());
        return columns;
    }
}
