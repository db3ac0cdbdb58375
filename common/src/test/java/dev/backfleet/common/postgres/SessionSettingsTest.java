package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every setting of a session is pinned, or known to be harmless. */
@Tag("server")
class SessionSettingsTest {

    /** The settings whose defaults may stay, and why. */
    private static final Map<String, String> HARMLESS = Map.ofEntries(
            Map.entry("application_name client_encoding", "the driver sends them with each connection"),
            Map.entry(
                    "default_transaction_read_only transaction_read_only",
                    "it is how a server is made read-only, and an error says so"),
            Map.entry(
                    "transaction_isolation transaction_deferrable",
                    "they are of one transaction, and the server passes over a default"),
            Map.entry("deadlock_timeout", "a value that only the role has is not believed: see DEADLOCK_TIMEOUT"),
            Map.entry(
                    "backtrace_functions compute_query_id debug_pretty_print debug_print_parse debug_print_plan"
                            + " debug_print_rewritten jit_dump_bitcode log_duration log_error_verbosity log_executor_stats"
                            + " log_lock_failures log_lock_waits log_min_duration_sample log_min_duration_statement"
                            + " log_min_error_statement log_min_messages log_parameter_max_length"
                            + " log_parameter_max_length_on_error log_parser_stats log_planner_stats"
                            + " log_replication_commands log_statement log_statement_sample_rate log_statement_stats"
                            + " log_temp_files log_transaction_sample_rate trace_notify trace_sort track_cost_delay_timing"
                            + " track_functions track_io_timing track_wal_io_timing update_process_title"
                            + " escape_string_warning md5_password_warnings",
                    "what the server writes into its log, and counts of itself"),
            Map.entry(
                    "backend_flush_after commit_delay commit_siblings debug_discard_caches effective_cache_size"
                            + " effective_io_concurrency hash_mem_multiplier io_combine_limit"
                            + " maintenance_io_concurrency maintenance_work_mem max_parallel_maintenance_workers"
                            + " max_parallel_workers max_parallel_workers_per_gather min_parallel_index_scan_size"
                            + " min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost"
                            + " parallel_tuple_cost synchronize_seqscans temp_buffers wal_compression wal_init_zero"
                            + " wal_recycle wal_skip_threshold work_mem gin_pending_list_limit",
                    "how fast the server works, not what it does"),
            Map.entry(
                    "cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction"
                            + " default_statistics_target from_collapse_limit geqo geqo_effort geqo_generations"
                            + " geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold jit_above_cost"
                            + " jit_expressions jit_inline_above_cost jit_optimize_above_cost jit_tuple_deforming"
                            + " join_collapse_limit random_page_cost recursive_worktable_factor seq_page_cost",
                    "costs: enable_seqscan keeps the scan on the key's index, and other plans give the same rows"),
            Map.entry(
                    "vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty"
                            + " vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age vacuum_freeze_min_age"
                            + " vacuum_freeze_table_age vacuum_max_eager_freeze_failure_rate"
                            + " vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age"
                            + " vacuum_multixact_freeze_table_age vacuum_truncate",
                    "no session of Backfleet runs VACUUM"),
            Map.entry(
                    "allow_in_place_tablespaces createrole_self_grant debug_logical_replication_streaming"
                            + " event_triggers extension_control_path file_copy_method icu_validation_level"
                            + " lo_compat_privileges logical_decoding_work_mem output_plugin_libraries password_encryption"
                            + " scram_iterations wal_consistency_checking wal_sender_timeout allow_system_table_mods",
                    "of statements that Backfleet does not send"),
            Map.entry(
                    "dynamic_library_path local_preload_libraries session_preload_libraries",
                    "libraries are loaded before the session's settings apply"),
            Map.entry("default_toast_compression", "how new values are kept, not what they are"),
            Map.entry("max_stack_depth temp_file_limit", "too little is an error that names the setting"),
            Map.entry(
                    "client_connection_check_interval tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval"
                            + " tcp_user_timeout",
                    "a lost connection is noticed by the process's own limits"));

    private static final List<String> HOSTILE = List.of(
            "statement_timeout = '300ms'",
            "lock_timeout = '1ms'",
            "idle_in_transaction_session_timeout = '1ms'",
            "idle_session_timeout = '2s'",
            "transaction_timeout = '300ms'",
            "row_security = on",
            "gin_fuzzy_search_limit = 1",
            "default_transaction_isolation = serializable",
            "default_transaction_deferrable = on",
            "exit_on_error = on",
            "search_path = nowhere",
            "TimeZone = 'Asia/Kolkata'",
            "DateStyle = 'German, DMY'",
            "IntervalStyle = 'iso_8601'",
            "bytea_output = 'escape'",
            "extra_float_digits = -15",
            "array_nulls = off",
            "standard_conforming_strings = off",
            "backslash_quote = off",
            "transform_null_equals = on",
            "xmloption = document",
            "quote_all_identifiers = on",
            "client_min_messages = debug5",
            "synchronous_commit = off",
            "enable_indexscan = off",
            "enable_indexonlyscan = off",
            "enable_sort = off",
            "plan_cache_mode = force_custom_plan",
            "debug_parallel_query = regress",
            "restrict_nonsystem_relation_kind = 'view'",
            "temp_tablespaces = ''",
            "stats_fetch_consistency = snapshot",
            "check_function_bodies = off",
            "plpgsql.extra_errors = 'all'",
            "session_replication_role = replica",
            "track_counts = off",
            "zero_damaged_pages = on",
            "ignore_checksum_failure = on",
            "lc_messages = 'POSIX'");

    private final String url = SharedServers.freshDatabase();

    // Must not affect the session that sets the next default.
    private final String beside = SharedServers.freshDatabase();

    @Test
    void every_setting_that_a_default_can_change_is_pinned_or_known_to_be_harmless() throws SQLException {
        try (var server = DriverManager.getConnection(url)) {
            var settable = new TreeSet<>(
                    column(server, "select name from pg_settings where context in ('user', 'superuser')"));
            var known = new TreeSet<>(SessionSettings.names());
            HARMLESS.keySet().forEach(names -> known.addAll(Arrays.asList(names.split(" "))));
            settable.removeAll(known);
            assertThat(settable).isEmpty();
        }
    }

    @Test
    void no_default_of_the_database_changes_a_session() throws SQLException {
        hostile("database " + databaseName());
        assertThat(settingsOf(url)).isEqualTo(settingsOf(beside));
    }

    @Test
    void no_default_of_the_role_changes_a_session() throws SQLException {
        execute("create role pinned superuser login");
        hostile("role pinned");
        // These are the database's, and the application has them too.
        execute("alter database " + databaseName() + " set lc_time = 'C.UTF-8'");
        execute("alter role pinned set lc_time = 'POSIX'");
        execute("alter role pinned set lc_numeric = 'POSIX'");
        var settings = settingsOf(url + "&user=pinned");
        assertThat(settings.remove("lc_time")).isEqualTo("C.UTF-8");
        var expected = settingsOf(beside);
        expected.remove("lc_time");
        assertThat(settings).isEqualTo(expected);
    }

    @Test
    void a_role_that_is_set_to_another_one_works_with_its_own_rights() throws SQLException {
        execute("create role other_one");
        execute("create role itself login in role other_one");
        execute("alter role itself set role = 'other_one'");
        try (var session = open(url + "&user=itself")) {
            assertThat(column(session, "select current_user")).containsExactly("itself");
        }
    }

    @Test
    void a_default_that_the_role_may_not_change_back_is_rejected_with_its_name() throws SQLException {
        execute("create role plain login");
        execute("alter role plain in database " + databaseName() + " set session_replication_role = replica");
        assertThatThrownBy(() -> open(url + "&user=plain"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("may not change it back (permission denied to set parameter"
                        + " \"session_replication_role\"); let a superuser run: alter role");
    }

    @Test
    void a_role_that_may_not_choose_the_language_of_messages_has_the_servers() throws SQLException {
        execute("create role speaker login");
        execute("alter role speaker in database " + databaseName() + " set lc_messages = 'POSIX'");
        try (var session = open(url + "&user=speaker")) {
            assertThat(column(session, "show lc_messages")).containsExactly("POSIX");
        }
        execute("grant set on parameter lc_messages to speaker");
        try (var session = open(url + "&user=speaker")) {
            assertThat(column(session, "show lc_messages")).containsExactly("C");
        } finally {
            execute("revoke set on parameter lc_messages from speaker");
        }
    }

    @Test
    void a_deadlock_timeout_that_only_the_own_role_has_says_nothing_of_the_application() throws SQLException {
        execute("create role patient login");
        execute("alter role patient set deadlock_timeout = '10s'");
        try (var session = open(url + "&user=patient")) {
            assertThat(column(session, SessionSettings.DEADLOCK_TIMEOUT)).containsExactly("1000");
        }
    }

    private void hostile(String whose) throws SQLException {
        for (var setting : HOSTILE) {
            execute("alter " + whose + " set " + setting);
        }
    }

    private static Map<String, String> settingsOf(String url) throws SQLException {
        var all = "select name || ' ' || setting from pg_settings where context in ('user', 'superuser')"
                + " and name <> 'application_name'"
                + " union all select 'plpgsql.extra_errors ' || current_setting('plpgsql.extra_errors')";
        try (var session = open(url)) {
            return column(session, all).stream()
                    .distinct()
                    .map(line -> line.split(" ", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        }
    }

    private static Connection open(String url) throws SQLException {
        return SessionSource.of(DatabaseSettings.ofUrl(url), "test").getConnection();
    }

    private String databaseName() throws SQLException {
        try (var server = DriverManager.getConnection(url)) {
            return column(server, "select quote_ident(current_database())").get(0);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(beside);
                var statement = server.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }
}
