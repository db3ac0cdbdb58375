package dev.backfleet.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors are judged by where they were raised, and messages never contain values. */
class SqlStatesTest {
    private static final String PLPGSQL = "PL/pgSQL function boom() line 1 at RAISE";

    private static ServerError error(String code, String routine, String file, String message, String context) {
        return ServerError.reported(code, routine, file, message, context, ServerError.Names.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "40001, exec_stmt_raise, pl_exec.c, REFUSED_ROW",
        "57014, exec_stmt_raise, pl_exec.c, REFUSED_ROW",
        "57014, ProcessInterrupts, postgres.c, TIMED_OUT",
        "57014, my_function, my_extension.c, REFUSED_ROW",
        "57P01, ProcessInterrupts, postgres.c, CONNECTION_LOST",
        "40P01, DeadLockReport, deadlock.c, TRANSIENT",
        "40P01, PLy_elog_impl, ../src/pl/plpython/plpy_elog.c, REFUSED_ROW",
        "55P03, ProcessInterrupts, postgres.c, TRANSIENT",
        "53100, mdextend, md.c, ENVIRONMENT",
        "42501, aclcheck_error, aclchk.c, ENVIRONMENT",
        "42501, ExecWithCheckOptions, execMain.c, REFUSED_ROW",
        "25006, PreventCommandIfReadOnly, utility.c, REFUSED_ROW",
        "08001, dblink_get_conn, dblink.c, REFUSED_ROW",
        "0A000, RevalidateCachedQuery, plancache.c, TRANSIENT",
        "0A000, _SPI_execute_plan, spi.c, REFUSED_ROW",
        "58030, mdread, md.c, UNKNOWN"
    })
    void in_a_function_the_reporting_routine_distinguishes_the_servers_errors_from_the_functions(
            String code, String routine, String file, ErrorKind kind) {
        assertThat(SqlStates.kind(error(code, routine, file, "", PLPGSQL))).isEqualTo(kind);
    }

    @Test
    void a_constraint_of_the_control_schema_is_never_a_rows() {
        var names = new ServerError.Names("backfleet", "shard", null, "shard_counts_sane");
        var error = ServerError.reported("23514", "ExecConstraints", "execMain.c", "", null, names);
        assertThat(SqlStates.kind(error)).isEqualTo(ErrorKind.UNKNOWN);
    }

    @Test
    void a_denied_permission_in_a_function_is_reported_with_what_to_grant() {
        var context = "SQL statement \"insert into audit_log values (new.id, 'secret')\"\n"
                + "PL/pgSQL function app.audit(integer,text) line 3 at SQL statement";
        var error = error("42501", "aclcheck_error", "aclchk.c", "permission denied for table audit_log", context);
        assertThat(SafeErrorMessage.words(error, "bf"))
                .isEqualTo("permission denied for table audit_log, in function app.audit(integer,text): "
                        + "grant INSERT on audit_log to bf");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "PL/pgSQL function boom() line 1 at RAISE | boom()",
                "PL/pgSQL function app.\"My f\"(text,integer) line 3 at SQL statement | app.\"My f\"(text,integer)",
                "PL/pgSQL-Funktion boom(integer) Zeile 3 bei RAISE | boom(integer)",
                "fonction PL/pgSQL boom(integer), ligne 3 à RAISE | boom(integer)",
                "функция PL/pgSQL boom(integer), строка 3, оператор RAISE | boom(integer)",
                "PL/pgSQL関数boom(integer)の3行目 - RAISE | boom(integer)",
                "SQL-Funktion »g« Anweisung 1 | g",
                "fonction SQL « g », instruction 1 | g",
                "función SQL «g» en la sentencia 1 | g",
                "SQL-функция \"g\", оператор 1 | g",
                "PL/Python-Funktion »h« | h",
                "SQL-Anweisung »select 'secret(1)'« | -",
                "instruction SQL « select secret(1) from PL/pgSQL » | -",
                "my old PL/pgSQL secret(1) | -",
                "SQL function \"g\" statement 1 | g",
                "PL/Python function \"h\" | h",
                "SQL statement \"select 'secret(1)'\" | -",
                "while updating tuple (0,5) in relation \"t\" | -",
            })
    void only_the_functions_name_is_taken_from_a_context(String context, String function) {
        assertThat(FunctionPlace.of(context).function()).isEqualTo(function);
    }

    @Test
    void a_missing_permission_is_recognised_in_a_translated_context_too() {
        var context = "SQL-Anweisung »insert into audit_log values (new.id, 'secret')«\n"
                + "PL/pgSQL-Funktion audit() Zeile 3 bei SQL-Anweisung";
        var error = error("42501", "aclcheck_error", "aclchk.c", "permission denied for table audit_log", context);
        assertThat(SafeErrorMessage.words(error, "bf"))
                .contains("in function audit(): grant INSERT on audit_log to bf")
                .doesNotContain("secret");
    }

    @Test
    void the_innermost_function_is_reported() {
        var context = "PL/pgSQL function inner_one(bigint) line 1 at RAISE\nSQL statement \"select inner_one(7)\"\n"
                + "PL/pgSQL function outer_one() line 2 at PERFORM";
        var error = error("40001", "exec_stmt_raise", "pl_exec.c", "the secret is 7", context);
        assertThat(SafeErrorMessage.words(error, "bf"))
                .isEqualTo("serialization failure, raised by function inner_one(bigint)");
    }
}
