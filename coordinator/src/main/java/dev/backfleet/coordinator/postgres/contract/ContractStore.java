package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.contract.ContractLog;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.migration.MigrationStore;
import dev.backfleet.coordinator.postgres.migration.PostgresStepExecutor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** The statements that store the end of migrations. */
public final class ContractStore implements ContractLog {
    private static final String LAST = """
            select id, name, source, table_name, state, job_id from backfleet.migration
            where name = :which or id::text = :which order by id::text = :which desc, id desc limit 1
            """;

    private static final String RENAMING = """
            select old_names, new_names, way_back from backfleet.migration_contract where migration_id = :id and way_back is not null
            """;

    private static final String PREPARE = """
            insert into backfleet.migration_contract (migration_id, old_names, new_names, way_back) values (:id, :old, :new, :back)
            on conflict (migration_id) do update set old_names = excluded.old_names, new_names = excluded.new_names, way_back = excluded.way_back
            """;

    private static final String RECONCILES = """
            select format('%s (id %s) %s', j.name, j.id, j.state)
            from backfleet.migration m join backfleet.job j on j.reconciles = m.job_id
            where m.id = :id and j.state in ('PLANNING', 'RUNNING') order by j.id
            """;

    private static final String HAS_FLAG = "select exists (select from backfleet.flag where name = :name)";

    private final Database database;

    public ContractStore(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Stored> last(String idOrName) {
        return database.jdbi().withHandle(handle -> handle.createQuery(LAST)
                .bind("which", idOrName)
                .map((row, context) -> MigrationStore.stored(row))
                .findFirst());
    }

    @Override
    public Optional<Renaming> renaming(long migration) {
        return database.jdbi().withHandle(handle -> handle.createQuery(RENAMING)
                .bind("id", migration)
                .map((row, context) -> renaming(row))
                .findFirst());
    }

    private static Renaming renaming(ResultSet row) throws SQLException {
        var old = (String[]) row.getArray("old_names").getArray();
        var now = (String[]) row.getArray("new_names").getArray();
        var names = new LinkedHashMap<Identifier, Identifier>();
        for (var i = 0; i < old.length; i++) {
            names.put(Identifier.of(old[i]), Identifier.of(now[i]));
        }
        return new Renaming(names, List.of((String[]) row.getArray("way_back").getArray()));
    }

    @Override
    public void prepare(long migration, Renaming renaming) {
        database.jdbi().useHandle(handle -> handle.createUpdate(PREPARE)
                .bind("id", migration)
                .bindArray(
                        "old",
                        String.class,
                        renaming.names().keySet().stream().map(Identifier::name).toList())
                .bindArray(
                        "new",
                        String.class,
                        renaming.names().values().stream().map(Identifier::name).toList())
                .bindArray("back", String.class, renaming.wayBack())
                .execute());
    }

    @Override
    public void add(long migration, List<Step> steps) {
        PostgresStepExecutor.add(database, migration, steps);
    }

    @Override
    public List<String> reconciles(long migration) {
        return database.jdbi().withHandle(handle -> handle.createQuery(RECONCILES)
                .bind("id", migration)
                .mapTo(String.class)
                .list());
    }

    @Override
    public boolean hasFlag(String name) {
        return database.jdbi().withHandle(handle -> handle.createQuery(HAS_FLAG)
                .bind("name", name)
                .mapTo(Boolean.class)
                .one());
    }

    @Override
    public void deployed(Stored migration, String version, Actor actor) {
        database.jdbi().useTransaction(handle -> new DeployedWord(actor, version).store(handle, migration.id()));
    }
}
