package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.common.postgres.Database;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/** What a database says of itself and of the role that asks, one question at a time; changes nothing. */
public final class ServerFacts {

    private static final String SERVER = """
            select current_setting('server_version') as version, current_user as role,
                   pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as read_only,
                   pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as monitor
            """;

    private static final String CONNECTIONS = """
            select (select count(*) from pg_stat_activity where backend_type = 'client backend')::integer as used,
                   current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as most
            """;

    private static final String SCHEMA = """
            select has_schema_privilege(oid, 'USAGE') from pg_namespace where nspname = 'backfleet'
            """;

    private static final String HAS_VERSION = "select to_regprocedure('backfleet.version()') is not null";

    private static final String VERSION = "select backfleet.version()";

    private static final String GRANTS = """
            select c.relname as name, has_table_privilege(c.oid, 'SELECT') as readable,
                   has_table_privilege(c.oid, 'INSERT') and has_table_privilege(c.oid, 'UPDATE') as writable
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'backfleet' and c.relkind = 'r' and not starts_with(c.relname, 'flyway') order by 1
            """;

    private final Database database;

    public ServerFacts(Database database) {
        this.database = database;
    }

    /** The server and the role. */
    public Server server() {
        return database.jdbi().withHandle(handle -> handle.createQuery(SERVER)
                .map((row, context) -> new Server(
                        row.getString("version"),
                        row.getString("role"),
                        row.getBoolean("read_only"),
                        row.getBoolean("monitor")))
                .one());
    }

    /** How many connections of clients are open. */
    public Connections connections() {
        return database.jdbi().withHandle(handle -> handle.createQuery(CONNECTIONS)
                .map((row, context) -> new Connections(row.getInt("used"), row.getInt("most")))
                .one());
    }

    /** Whether the role may use the control schema; nothing if there is none. */
    public Optional<Boolean> schema() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(SCHEMA).mapTo(Boolean.class).findOne());
    }

    /** The version of the control schema, which the role must be allowed to use; 0: it is older than versions. */
    public int version() {
        return database.jdbi().withHandle(handle -> {
            var has = handle.createQuery(HAS_VERSION).mapTo(Boolean.class).one();
            return has ? handle.createQuery(VERSION).mapTo(Integer.class).one() : 0;
        });
    }

    /** What the role may do with the tables of the control schema. */
    public List<Grant> grants() {
        return database.jdbi().withHandle(handle -> handle.createQuery(GRANTS)
                .map((row, context) ->
                        new Grant(row.getString("name"), row.getBoolean("readable"), row.getBoolean("writable")))
                .list());
    }

    /** For what commits wait, in words; nothing if they do not. */
    public Optional<String> commitsWait() {
        return database.jdbi().withHandle(handle -> CommitWait.find(handle).map(CommitWait::words));
    }

    /** The time of the database's clock. */
    public Instant clock() {
        return database.jdbi().withHandle(handle -> handle.createQuery("select clock_timestamp()")
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant());
    }

    /**
     * A server, and the role that asks.
     *
     * @param readOnly whether it is a standby, or read-only
     * @param monitor whether the role sees other roles' sessions
     */
    public record Server(String version, String role, boolean readOnly, boolean monitor) {}

    /**
     * Connections of clients.
     *
     * @param used how many are open
     * @param most how many there may be
     */
    public record Connections(int used, int most) {}

    /** What a role may do with a table. */
    public record Grant(String table, boolean readable, boolean writable) {}
}
