package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.flag.RemoveFlag;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import java.util.List;
import java.util.Optional;

/** The statements that remove flags. */
public final class EndedFlags implements RemoveFlag.Flags {
    private static final String FIND = """
            select m.state, coalesce(array_agg(r.instance order by r.instance) filter (where r.instance is not null), '{}') as instances
            from backfleet.flag f left join backfleet.migration m on m.id = f.migration_id
            left join backfleet.flag_reader r on r.flag = f.name and r.seen_at > clock_timestamp() - interval '1 hour'
            where f.name = :name group by m.state
            """;

    private static final String REMOVE = "delete from backfleet.flag where name = :name";

    private final Database database;

    public EndedFlags(Database database) {
        this.database = database;
    }

    @Override
    public Optional<RemoveFlag.Found> find(String name) {
        return database.jdbi().withHandle(handle -> handle.createQuery(FIND)
                .bind("name", name)
                .map((row, context) -> {
                    var state = row.getString("state");
                    return new RemoveFlag.Found(state == null ? null : MigrationState.valueOf(state), List.of((String[])
                            row.getArray("instances").getArray()));
                })
                .findFirst());
    }

    @Override
    public void remove(String name, Actor actor) {
        database.jdbi().useTransaction(handle -> {
            handle.createUpdate(REMOVE).bind("name", name).execute();
            new AuditStore(handle).didToFleet(actor, "flag", name + ": removed");
        });
    }
}
