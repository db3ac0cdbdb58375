package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagLog;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements on flags. Triggers of the control schema raise their versions. */
public final class FlagStore implements FlagLog {
    private static final String FLAG = """
            select name, state = 'ON' as on, percent, version, changed_at, changed_by, reason from backfleet.flag where name = :name
            """;

    private static final String TENANTS = "select tenant, value from backfleet.flag_tenant where flag = :name";

    private static final String STEP = """
            select cutover_step, extract(epoch from clock_timestamp() - cutover_at) as seconds
            from backfleet.migration where id = :id and cutover_step > 0
            """;

    // The time of a step goes on while single tenants are switched or taken back; a larger share begins it anew.
    private static final String MOVE = """
            update backfleet.migration m
            set state = :to, state_at = case when state = :to then state_at else clock_timestamp() end, waits_for = null, waits_since = null,
                cutover_step = :step,
                cutover_at = case
                  when :step = 0 then null
                  when :step = m.cutover_step and :percent = (select f.percent from backfleet.flag f where f.name = m.name) then m.cutover_at
                  else clock_timestamp() end
            where id = :id and state = :from returning name
            """;

    private static final String CHANGE = """
            update backfleet.flag set state = case when :on then 'ON' else 'OFF' end, percent = :percent, changed_by = :who, reason = :reason
            where name = :name
            """;

    private static final String FORGET_TENANTS = "delete from backfleet.flag_tenant where flag = :name";

    private static final String NAME_TENANT = """
            insert into backfleet.flag_tenant (flag, tenant, value, reason) values (:name, :tenant, :value, :reason)
            on conflict (flag, tenant) do update set value = excluded.value, reason = excluded.reason
            """;

    // Of the last reconcile that has finished, as the gate reads it.
    private static final String WRONG = """
            select t.tenant, sum(t.rows) as rows, string_agg(distinct lower(t.finding), ', ') as findings
            from backfleet.reconcile_tenant t
            where t.job_id = (select max(id) from backfleet.job where reconciles = :job and state = 'SUCCEEDED') and t.tenant <> ''
            group by t.tenant
            """;

    private static final String READERS = """
            select instance, version, extract(epoch from clock_timestamp() - seen_at) as seconds from backfleet.flag_reader
            where flag = :name order by instance
            """;

    private final Database database;

    public FlagStore(Database database) {
        this.database = database;
    }

    @Override
    public Optional<FlagState> flag(String name) {
        return database.jdbi().inTransaction(handle -> flag(handle, name));
    }

    /** When all reads were taken back last; nothing: they were never switched, or are now. Nobody takes them back without a reason. */
    public Optional<Instant> takenBack(String name) {
        return flag(name).filter(flag -> !flag.on() && flag.reason() != null).map(FlagState::changedAt);
    }

    private static Optional<FlagState> flag(Handle handle, String name) {
        var tenants = new HashMap<String, Boolean>();
        handle.createQuery(TENANTS)
                .bind("name", name)
                .map((row, context) -> tenants.put(row.getString("tenant"), row.getBoolean("value")))
                .list();
        return handle.createQuery(FLAG)
                .bind("name", name)
                .map((row, context) -> new FlagState(
                        row.getString("name"),
                        row.getBoolean("on"),
                        row.getBigDecimal("percent"),
                        tenants,
                        row.getLong("version"),
                        row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                        row.getString("changed_by"),
                        row.getString("reason")))
                .findFirst();
    }

    @Override
    public Optional<StepOn> step(long migration) {
        return database.jdbi().withHandle(handle -> handle.createQuery(STEP)
                .bind("id", migration)
                .map((row, context) -> new StepOn(
                        row.getInt("cutover_step"), Duration.ofMillis((long) (row.getDouble("seconds") * 1000))))
                .findFirst());
    }

    @Override
    public FlagState change(long migration, MigrationState from, MigrationState to, Change change, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var name = handle.createQuery(MOVE)
                    .bind("id", migration)
                    .bind("from", from.name())
                    .bind("to", to.name())
                    .bind("step", change.step())
                    .bind("percent", change.percent())
                    .mapTo(String.class)
                    .findFirst()
                    .orElseThrow(() -> MigrationStore.stale(String.valueOf(migration)));
            var before = flag(handle, name).map(FlagState::words).orElse("none");
            handle.createUpdate(CHANGE)
                    .bind("name", name)
                    .bind("on", change.on())
                    .bind("percent", change.percent())
                    .bind("who", actor.words())
                    .bind("reason", change.reason())
                    .execute();
            tenants(handle, name, change);
            var now = flag(handle, name).orElseThrow(() -> MigrationStore.stale(name));
            new AuditStore(handle)
                    .didToFleet(actor, "flag", name + ": " + before + " → " + now.words(), change.reason());
            return now;
        });
    }

    private static void tenants(Handle handle, String name, Change change) {
        if (!change.on()) {
            handle.createUpdate(FORGET_TENANTS).bind("name", name).execute();
        }
        change.tenants().forEach((tenant, named) -> handle.createUpdate(NAME_TENANT)
                .bind("name", name)
                .bind("tenant", tenant)
                .bind("value", named.value())
                .bind("reason", named.reason())
                .execute());
    }

    @Override
    public Optional<Map<String, String>> wrongTenants(long job) {
        var wrong = new HashMap<String, String>();
        database.jdbi().useHandle(handle -> handle.createQuery(WRONG)
                .bind("job", job)
                .map((row, context) -> wrong.put(
                        row.getString("tenant"),
                        row.getLong("rows") + " wrong rows (" + row.getString("findings") + ")"))
                .list());
        return wrong.isEmpty() ? Optional.empty() : Optional.of(wrong);
    }

    @Override
    public List<Reader> readers(String flag) {
        return database.jdbi().withHandle(handle -> handle.createQuery(READERS)
                .bind("name", flag)
                .map((row, context) ->
                        new Reader(row.getString("instance"), row.getLong("version"), Duration.ofMillis((long)
                                (row.getDouble("seconds") * 1000))))
                .list());
    }
}
