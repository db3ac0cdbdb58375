package dev.backfleet.common.error;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Generates the error reference page: each class of SQLSTATEs, and how an error is handled by where it was raised. */
public final class ErrorReference {

    private static final String HEAD = """
            # Errors of PostgreSQL

            <!-- Made from the code by ErrorReferenceTest: change SqlStates or ErrorReference, not this page. -->

            The SQLSTATE alone does not determine what an error means: a function can raise any code for one row. So Backfleet judges
            each error also by where it was raised. The server reports that in fields that it does not translate: the C function that
            reported the error, and whether the error has a context, as it has in a function of PL/pgSQL, SQL, PL/Python and so on.

            | where | meaning |
            |---|---|
            | planning | the server cannot parse or plan the statement: no row caused the error. Determined with `EXPLAIN` |
            | execution | while the statement ran, outside of functions with a context: casts, operators, built-in functions, constraints, functions in C |
            | in a function | by the server, in a statement or an expression of a function or a trigger |
            | raised | by the function itself: `RAISE`, `ASSERT`, and their equivalents in other languages |
            | own statement | in a statement of Backfleet that evaluates nothing of the job: claims, checkpoints, the clock of a rate, quarantine. No row causes such an error: "row" then means that the shard is FAILED |

            """;

    private static final String RULES = """

            An error that a function **raises** is caused by the row that the function was called for. A violated constraint of schema
            `backfleet` is never caused by a row, whatever the code. A code that a retry may avoid (classes 08, 40, 53, 55P03, 57)
            counts as caused by a row only if the row fails with it three times when it is tried alone.

            The message that Backfleet shows is made from the SQLSTATE and the names of constraint, table, column and function, never
            from a value. Messages, details, hints and contexts can contain values, so they are neither stored nor logged. For a denied
            permission in a function, the message names the function, the object and the missing permission.

            ## By class

            *row*: %s. *again*: %s. *time*: %s. *lost*: %s. *pause*: %s. *halt*: %s. *failed*: %s.

            | class or code | | planning | execution | in a function | raised | own statement |
            |---|---|---|---|---|---|---|
            """.formatted(
                    ErrorKind.REFUSED_ROW.consequence(),
                    ErrorKind.TRANSIENT.consequence(),
                    ErrorKind.TIMED_OUT.consequence(),
                    ErrorKind.CONNECTION_LOST.consequence(),
                    ErrorKind.ENVIRONMENT.consequence(),
                    ErrorKind.SCHEMA_CHANGED.consequence(),
                    ErrorKind.UNKNOWN.consequence());

    /**
     * The classes of appendix A of PostgreSQL's manual, and the codes that are handled differently from their class.
     */
    static final List<Entry> ENTRIES = Stream.of(
                    "01 warning",
                    "02 no data",
                    "03 SQL statement not yet complete",
                    "08 connection exception",
                    "09 triggered action exception",
                    "0A feature not supported",
                    "0A000/RevalidateCachedQuery cached plan must not change its result type",
                    "0B invalid transaction initiation",
                    "0F locator exception",
                    "0L invalid grantor",
                    "0P invalid role specification",
                    "0Z diagnostics exception",
                    "10 XQuery error",
                    "20 case not found",
                    "21 cardinality violation",
                    "22 data exception",
                    "23 integrity constraint violation",
                    "24 invalid cursor state",
                    "25 invalid transaction state",
                    "25006 read-only transaction",
                    "25P03/ProcessInterrupts idle in transaction for too long",
                    "25P04/ProcessInterrupts transaction timeout",
                    "26 invalid SQL statement name",
                    "26000 prepared statement of another session",
                    "27 triggered data change violation",
                    "28 invalid authorization",
                    "2B dependent privilege descriptors still exist",
                    "2D invalid transaction termination",
                    "2F SQL routine exception",
                    "34 invalid cursor name",
                    "34000 cursor of another session",
                    "38 external routine exception",
                    "39 external routine invocation exception",
                    "3B savepoint exception",
                    "3D invalid catalog name",
                    "3F invalid schema name",
                    "40 transaction rollback",
                    "40001 serialization failure",
                    "40P01/DeadLockReport deadlock",
                    "42 syntax error or access rule violation",
                    "42501 insufficient privilege",
                    "42501/ExecWithCheckOptions row security policy or check option",
                    "42703 undefined column",
                    "42883 undefined function",
                    "42P01 undefined table",
                    "42P05 duplicate prepared statement",
                    "44 with check option violation",
                    "53 insufficient resources",
                    "53100 disk full",
                    "53200 out of memory",
                    "53300 too many connections",
                    "53400 configuration limit exceeded",
                    "54 program limit exceeded",
                    "55 object not in prerequisite state",
                    "55006 object in use",
                    "55P03 lock not available",
                    "57 operator intervention",
                    "57014/ProcessInterrupts query cancelled, timeout",
                    "57P01/ProcessInterrupts admin shutdown",
                    "57P02/quickdie crash shutdown",
                    "57P03 cannot connect now",
                    "57P05/ProcessInterrupts idle session timeout",
                    "58 system error",
                    "58P01/BeginCopyFrom file that a function or an expression names",
                    "72 snapshot too old",
                    "F0 configuration file error",
                    "HV foreign data wrapper error",
                    "P0 PL/pgSQL error",
                    "XX internal error, damaged data")
            .map(Entry::of)
            .toList();

    private ErrorReference() {}

    public static String markdown() {
        return HEAD
                + RULES.stripLeading()
                + ENTRIES.stream().map(ErrorReference::row).collect(Collectors.joining());
    }

    private static String row(Entry entry) {
        var cells = Stream.of(
                        ErrorOrigin.PLANNING,
                        ErrorOrigin.EXECUTION,
                        ErrorOrigin.IN_FUNCTION,
                        ErrorOrigin.RAISED,
                        ErrorOrigin.CONTROL)
                .map(origin -> word(SqlStates.kind(entry.error(origin))))
                .collect(Collectors.joining(" | "));
        return "| `%s` | %s | %s |\n".formatted(entry.shown(), entry.name, cells);
    }

    private static String word(ErrorKind kind) {
        return switch (kind) {
            case TRANSIENT -> "again";
            case TIMED_OUT -> "time";
            case CONNECTION_LOST -> "lost";
            case ENVIRONMENT -> "pause";
            case REFUSED_ROW -> "row";
            case SCHEMA_CHANGED -> "halt";
            case UNKNOWN -> "failed";
        };
    }

    /**
     * A line of the table.
     *
     * @param code a SQLSTATE, or the two letters of a class
     * @param routine the server's C function that reports it; empty: any other
     * @param name what PostgreSQL's manual calls it
     */
    record Entry(String code, String routine, String name) {
        private static final String OTHER_ROUTINE = "another";

        static Entry of(String text) {
            var blank = text.indexOf(' ');
            var parts = text.substring(0, blank).split("/", 2);
            return new Entry(parts[0], parts.length > 1 ? parts[1] : "", text.substring(blank + 1));
        }

        String shown() {
            return code + (routine.isEmpty() ? "" : " by " + routine);
        }

        ServerError error(ErrorOrigin origin) {
            var state = code.length() == 2 ? code + "0ZZ" : code;
            return new ServerError(
                    state,
                    origin,
                    routine.isEmpty() ? OTHER_ROUTINE : routine,
                    "",
                    ServerError.Names.NONE,
                    FunctionPlace.NONE);
        }
    }
}
