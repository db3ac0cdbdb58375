package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Windows;
import java.util.List;

/** The time windows of the jobs in the control schema. */
public final class PostgresWindows implements Windows.Jobs {
    private final Database database;

    /** Creates it. */
    public PostgresWindows(Database database) {
        this.database = database;
    }

    @Override
    public List<Windows.Closed> closed() {
        return database.jdbi().withHandle(handle -> new WindowStore(handle).closed());
    }

    @Override
    public void opens(long job, TimeWindow.Opening opening) {
        database.jdbi().useHandle(handle -> new WindowStore(handle).opens(job, opening));
    }

    @Override
    public void takeBackTasks() {
        database.jdbi().useHandle(handle -> new WindowStore(handle).takeBackTasks());
    }
}
