package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.operation.reconcile.OneWayCutovers;

/** What is stored of the migrations that jobs belong to. */
public final class PostgresOneWayCutovers implements OneWayCutovers {
    private static final String SWITCHED = """
            select source from backfleet.migration where job_id = :job and state in ('CUTTING', 'CUT', 'RENAMED', 'CONTRACTED')
            """;

    private final Database database;

    public PostgresOneWayCutovers(Database database) {
        this.database = database;
    }

    @Override
    public boolean begun(long job) {
        return database
                .jdbi()
                .withHandle(handle -> handle.createQuery(SWITCHED)
                        .bind("job", job)
                        .mapTo(String.class)
                        .list())
                .stream()
                .anyMatch(source -> MigrationParser.parse("the file that was applied", source)
                        .migration()
                        .down()
                        .isEmpty());
    }
}
