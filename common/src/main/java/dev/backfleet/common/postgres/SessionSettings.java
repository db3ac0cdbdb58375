package dev.backfleet.common.postgres;

import static java.util.Map.entry;
import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings of every Backfleet session, independent of defaults of the role and the database. Values are written and
 * read as text in one format, a spec's expressions mean the same wherever they are evaluated, rows that a policy hides
 * are an error, and only Backfleet itself ends a statement or a session.
 *
 * <p>{@code default_transaction_read_only} is not changed: it is how a server is made read-only.
 */
public final class SessionSettings {

    /** Where names without a schema are looked up, as SET writes it. */
    public static final String SEARCH_PATH = "public, pg_temp";

    /** The pinned settings on which it depends how the text of an expression is read. */
    public static final List<String> PARSING = List.of("standard_conforming_strings", "transform_null_equals");

    /** The pinned settings on which the value of an expression may depend, those included. */
    public static final List<String> EXPRESSIONS = List.of(
            "standard_conforming_strings",
            "transform_null_equals",
            "TimeZone",
            "DateStyle",
            "IntervalStyle",
            "bytea_output",
            "extra_float_digits",
            "lc_monetary",
            "xmlbinary",
            "xmloption",
            "array_nulls");

    /**
     * Settings that could make the following statements fail are set first, each by a statement of its own. Settings
     * that the server's version does not know are skipped.
     */
    private static final List<String> FIRST = List.of(
            "set statement_timeout = 0",
            "set exit_on_error = off",
            "set role none",
            "set quote_all_identifiers = off",
            "set search_path = " + SEARCH_PATH,
            "set plpgsql.extra_errors = 'none'",
            "set plpgsql.check_asserts = on");

    private static final String TRANSACTION_TIMEOUT = "set transaction_timeout = 0";
    private static final int KNOWS_TRANSACTION_TIMEOUT = 17;

    private static final String MAY_SET = "pg_catalog.has_parameter_privilege(s.name, 'SET')";
    private static final String IS_SUPERUSER = "pg_catalog.current_setting('is_superuser') = 'on'";
    private static final int KNOWS_PARAMETER_PRIVILEGES = 15;

    /** Values as pg_settings shows them; names that the server does not know are skipped. */
    private static final Map<String, String> PINNED = Map.ofEntries(
            // Which rows are visible.
            entry("row_security", "off"),
            entry("gin_fuzzy_search_limit", "0"),
            entry("zero_damaged_pages", "off"),
            entry("ignore_checksum_failure", "off"),
            entry("restrict_nonsystem_relation_kind", ""),
            // What triggers do, and whether vacuum is informed of dead rows.
            entry("session_replication_role", "origin"),
            entry("track_counts", "on"),
            entry("track_activities", "on"),
            entry("stats_fetch_consistency", "cache"),
            // What ends a statement, a transaction or a session.
            entry("lock_timeout", "0"),
            // A process that is frozen between two statements of a transaction would hold the lock of a job's row, and
            // so block every pause of the job, for as long as it is frozen.
            entry("idle_in_transaction_session_timeout", "10000"),
            entry("idle_session_timeout", "0"),
            entry("default_transaction_isolation", "read committed"),
            entry("default_transaction_deferrable", "off"),
            // How values are written and read.
            entry("TimeZone", "UTC"),
            entry("DateStyle", "ISO, YMD"),
            entry("IntervalStyle", "postgres"),
            entry("bytea_output", "hex"),
            entry("extra_float_digits", "1"),
            entry("lc_monetary", "C"),
            entry("xmlbinary", "base64"),
            entry("xmloption", "content"),
            entry("array_nulls", "on"),
            // The meaning of expressions.
            entry("standard_conforming_strings", "on"),
            entry("backslash_quote", "safe_encoding"),
            entry("transform_null_equals", "off"),
            entry("check_function_bodies", "on"),
            entry("client_min_messages", "notice"),
            // Where the control schema's tables are stored.
            entry("default_tablespace", ""),
            entry("default_table_access_method", "heap"),
            entry("temp_tablespaces", ""),
            // How statements are planned.
            entry("constraint_exclusion", "partition"),
            entry("debug_parallel_query", "off"),
            // The same before version 16.
            entry("force_parallel_mode", "off"),
            entry("jit", "off"),
            entry("plan_cache_mode", "auto"),
            entry("enable_async_append", "on"),
            entry("enable_bitmapscan", "on"),
            entry("enable_distinct_reordering", "on"),
            entry("enable_gathermerge", "on"),
            entry("enable_group_by_reordering", "on"),
            entry("enable_hashagg", "on"),
            entry("enable_hashjoin", "on"),
            // A walk in the order of the key would read all rows of a tenant with each batch, over another index that
            // begins with the tenant: the planner expects the rows that a tenant has on average, and that few of them
            // are wanted.
            entry("enable_incremental_sort", "off"),
            entry("enable_indexonlyscan", "on"),
            entry("enable_indexscan", "on"),
            entry("enable_material", "on"),
            entry("enable_memoize", "on"),
            entry("enable_mergejoin", "on"),
            entry("enable_nestloop", "on"),
            entry("enable_parallel_append", "on"),
            entry("enable_parallel_hash", "on"),
            entry("enable_partition_pruning", "on"),
            entry("enable_partitionwise_aggregate", "off"),
            entry("enable_partitionwise_join", "off"),
            entry("enable_presorted_aggregate", "on"),
            entry("enable_self_join_elimination", "on"),
            entry("enable_seqscan", "on"),
            entry("enable_sort", "on"),
            entry("enable_tidscan", "on"));

    /**
     * Settings that take the value of the server or the database, so that an expression or a trigger means the same as
     * in the application's sessions; defaults of the role alone are ignored.
     */
    private static final Set<String> AS_THE_DATABASE =
            Set.of("lc_numeric", "lc_time", "default_text_search_config", "timezone_abbreviations");

    /** Set by statements before or after, or by the driver for each connection. */
    private static final Set<String> OTHERWISE = Set.of(
            "statement_timeout",
            "exit_on_error",
            "quote_all_identifiers",
            "search_path",
            "transaction_timeout",
            "lc_messages",
            "synchronous_commit");

    /**
     * The {@code deadlock_timeout} of the application's sessions in milliseconds, as far as this session can determine
     * it: a value that is set only for the own role does not apply to them.
     */
    public static final String DEADLOCK_TIMEOUT = """
            select case when source in ('user', 'database user') then least(setting::bigint, boot_val::bigint)
                   else setting::bigint end as setting
            from pg_catalog.pg_settings where name = 'deadlock_timeout'
            """;

    /**
     * The statement that sets timeouts of the session to shares of the application's {@code deadlock_timeout}, each at least a
     * millisecond, since 0 would mean no limit. One for all: the server makes the whole of pg_settings for each that reads it.
     *
     * @param shares by the names of the timeouts
     */
    public static String timeouts(Map<String, Double> shares) {
        return shares.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(timeout -> "pg_catalog.set_config('" + timeout.getKey() + "', greatest(1, (setting * "
                        + timeout.getValue() + ")::int)::text, false)")
                .collect(joining(", ", "select ", " from (" + DEADLOCK_TIMEOUT + ") d"));
    }

    // Messages are read in English where the role may choose the language. An asynchronous commit can be lost in a
    // crash of the server: a submitted job, or an acknowledged pause. Any other value of synchronous_commit, such as
    // waiting for a standby, is kept.
    private static final String THE_REST = """
            with wanted as (
              select s.name, s.setting, case
                  when s.name in ({database}) then case when s.source in ('user', 'database user') then coalesce((
                      select pg_catalog.substr(c.setting, pg_catalog.length(s.name) + 2)
                      from pg_catalog.pg_db_role_setting r, pg_catalog.unnest(r.setconfig) c (setting)
                      where r.setrole = 0 and pg_catalog.starts_with(pg_catalog.lower(c.setting), pg_catalog.lower(s.name) || '=')
                        and r.setdatabase in (0, (select oid from pg_catalog.pg_database
                                                  where datname = pg_catalog.current_database()))
                      order by r.setdatabase desc limit 1), nullif(s.boot_val, ''), 'Default') end
                  when s.name = 'lc_messages' then
                    case when {may-set} then 'C' end
                  when s.name = 'synchronous_commit' then case when s.setting = 'off' then 'on' end
                  else p.value end as value
              from pg_catalog.pg_settings s left join (values {pinned}) p (name, value) on p.name = s.name
            )
            select pg_catalog.set_config(name, value, false) from wanted where setting <> value
            """.replace(
                    "{database}",
                    AS_THE_DATABASE.stream().sorted().map(SessionSettings::text).collect(joining(", ")))
            .replace(
                    "{pinned}",
                    PINNED.entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(pin -> "(" + text(pin.getKey()) + ", " + text(pin.getValue()) + ")")
                            .collect(joining(", ")));

    private SessionSettings() {}

    /** The value to which a setting is pinned, as pg_settings shows it. */
    public static String pinned(String name) {
        return Objects.requireNonNull(PINNED.get(name), name);
    }

    /** The text that sets a session up: the pinned settings, then {@code more}. */
    static String statement(int serverVersion, List<String> more) {
        var all = new ArrayList<String>();
        if (serverVersion >= KNOWS_TRANSACTION_TIMEOUT) {
            all.add(TRANSACTION_TIMEOUT);
        }
        all.addAll(FIRST);
        all.add(THE_REST.replace("{may-set}", serverVersion >= KNOWS_PARAMETER_PRIVILEGES ? MAY_SET : IS_SUPERUSER));
        all.addAll(more);
        all.add(SessionSnapshot.STORE);
        return String.join(";\n", all);
    }

    /**
     * The settings on which the meaning and effect of a session's statements depend: those above, the role, and whether
     * it may write.
     */
    static List<String> telling() {
        var names = new TreeSet<>(PINNED.keySet());
        names.addAll(OTHERWISE);
        names.addAll(AS_THE_DATABASE);
        names.addAll(Set.of("role", "session_authorization", "default_transaction_read_only", "client_encoding"));
        return List.copyOf(names);
    }

    /** The settings whose defaults are ignored, by their names in pg_settings. */
    static Set<String> names() {
        var names = new TreeSet<>(PINNED.keySet());
        names.addAll(AS_THE_DATABASE);
        names.addAll(OTHERWISE);
        return names;
    }

    private static String text(String value) {
        return "'" + value + "'";
    }

    /**
     * The settings on which the value of an expression may depend, as workers have them and as they are written in SQL: for a function that
     * is to compute the same values in any session.
     */
    public static Map<String, String> ofExpressions() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("search_path", SEARCH_PATH);
        EXPRESSIONS.forEach(name -> settings.put(name, "'" + pinned(name) + "'"));
        return settings;
    }
}
