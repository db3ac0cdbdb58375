package dev.backfleet.common.error;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where an error was raised. */
public enum ErrorOrigin {
    /** By the server or the driver, in a statement that evaluates no expression of the user. */
    CONTROL,
    /** By the server while it parsed or planned a statement that changes rows, before it looked at a row. */
    PLANNING,
    /** By the server while it ran a statement that changes rows, outside of every function that has a context. */
    EXECUTION,
    /** By the server, in a statement or expression of a function, a trigger or a rule. */
    IN_FUNCTION,
    /** By a function or a trigger itself: RAISE, ASSERT, and the like of other languages. */
    RAISED;

    // PostgreSQL does not translate the names of its own functions and source files.
    private static final Set<String> RAISING = Set.of(
            "exec_stmt_raise",
            "exec_stmt_assert",
            "PLy_output",
            "PLy_elog_impl",
            "plperl_util_elog",
            "throw_tcl_error");

    private static final Set<String> LANGUAGES = Set.of("pl_exec.c", "plperl.c", "Util.xs", "SPI.xs", "pltcl.c");

    /**
     * Where an error of a statement that changes rows was raised.
     *
     * @param routine the server's C function that reported it
     * @param file the source file of that
     * @param context the error's context; only whether there is one counts, since it is translated
     */
    static ErrorOrigin of(@Nullable String routine, @Nullable String file, @Nullable String context) {
        var source = file == null ? "" : file.substring(1 + Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')));
        if ((routine != null && RAISING.contains(routine))
                || LANGUAGES.contains(source)
                || source.startsWith("plpy_")
                || source.startsWith("plv8")) {
            return RAISED;
        }
        return context == null || context.isBlank() ? EXECUTION : IN_FUNCTION;
    }
}
