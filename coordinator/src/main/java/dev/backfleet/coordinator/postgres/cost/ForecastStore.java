package dev.backfleet.coordinator.postgres.cost;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.forecast.SavedForecast;
import org.jdbi.v3.core.Handle;

/**
 * The statements about {@code backfleet.forecast}. A forecast belongs to what was measured: the definition of the job, which has its table
 * as it is in the catalog, and the limits of its speed; not to its name.
 */
public final class ForecastStore {

    private static final String MAY_KEEP = """
            select pg_catalog.has_table_privilege('backfleet.forecast', 'insert')
               and pg_catalog.has_table_privilege('backfleet.forecast', 'update')
               and pg_catalog.has_table_privilege('backfleet.forecast', 'delete')
            """;

    private static final String DIGEST = "encode(sha256(convert_to(:measured, 'UTF8')), 'hex')";

    private static final String KEEP = """
            insert into backfleet.forecast (digest, made_at, forecast) values ({digest}, clock_timestamp(), :forecast::jsonb)
            on conflict (digest) do update set made_at = excluded.made_at, forecast = excluded.forecast
            """.replace("{digest}", DIGEST);

    private static final String FORGET = "delete from backfleet.forecast where made_at < now() - interval '30 days'";

    // A plan of weeks ago is about another table.
    private static final String BEGIN = """
            insert into backfleet.job_cost (job_id, forecast, forecast_at)
            select :job, f.forecast, f.made_at
            from (select) j left join backfleet.forecast f on f.digest = {digest} and f.made_at > now() - interval '7 days'
            """.replace("{digest}", DIGEST);

    private final Handle handle;

    public ForecastStore(Handle handle) {
        this.handle = handle;
    }

    /** Keeps a forecast, if this role may. */
    public void keep(JobDefinition definition, Limits limits, SavedForecast forecast) {
        if (handle.createQuery(MAY_KEEP).mapTo(Boolean.class).one()) {
            handle.createUpdate(KEEP)
                    .bind("measured", measured(definition, limits))
                    .bind("forecast", SavedForecast.JSON.write(forecast))
                    .execute();
            handle.execute(FORGET);
        }
    }

    /** Stores with a job that is submitted what a plan has forecast for it within the last seven days, if one has. */
    public void begin(long job, JobDefinition definition, Limits limits) {
        handle.createUpdate(BEGIN)
                .bind("job", job)
                .bind("measured", measured(definition, limits))
                .execute();
    }

    private static String measured(JobDefinition definition, Limits limits) {
        return String.join(
                "\n",
                JobDefinition.JSON.write(definition),
                limits.rowsPerSecond().toString(),
                limits.walBytesPerSecond().toString(),
                String.valueOf(limits.concurrency()));
    }
}
