package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.event.DriftEvent;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.task.Target;
import dev.backfleet.coordinator.duty.DriftReports;
import java.time.OffsetDateTime;
import java.util.List;

/** Which verdicts were published. */
public final class PostgresDrifts implements DriftReports.Verdicts {

    // By the partial index on verdicts that are to be published.
    private static final String UNPUBLISHED = """
            select j.id, j.name, p.id as reconcile, v.missing, v.different, v.failed, v.since, p.finished_at
            from backfleet.reconcile_verdict v
            join backfleet.job p on p.id = v.job_id join backfleet.job j on j.id = p.reconciles
            where v.published_at is null and v.missing + v.different + v.failed > 0
            order by p.id limit 100
            """;

    private static final String PUBLISHED =
            "update backfleet.reconcile_verdict set published_at = clock_timestamp() where job_id = :reconcile";

    private final Database database;

    public PostgresDrifts(Database database) {
        this.database = database;
    }

    @Override
    public List<DriftEvent> unpublished() {
        return database.jdbi().withHandle(handle -> handle.createQuery(UNPUBLISHED)
                .map((row, context) -> new DriftEvent(
                        Target.DEFAULT,
                        row.getLong("id"),
                        row.getString("name"),
                        row.getLong("reconcile"),
                        row.getLong("missing"),
                        row.getLong("different"),
                        row.getLong("failed"),
                        row.getLong("since"),
                        row.getObject("finished_at", OffsetDateTime.class).toInstant()))
                .list());
    }

    @Override
    public void published(long reconcile) {
        database.jdbi().useHandle(handle -> handle.createUpdate(PUBLISHED)
                .bind("reconcile", reconcile)
                .execute());
    }
}
