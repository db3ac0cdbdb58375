package dev.backfleet.coordinator.postgres;

/** Where a server that counts statements shows what it has counted. */
public final class StatementStatistics {
    /**
     * The schema of pg_stat_statements; no row if it is not installed in this database, or not loaded by the server. The setting is defined by
     * the library only if the server has loaded it at its start; unlike the list of those libraries, all may read it.
     */
    public static final String SCHEMA = """
            select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
            where e.extname = 'pg_stat_statements'
              and pg_catalog.current_setting('pg_stat_statements.max', true) is not null
            """;

    private StatementStatistics() {}
}
