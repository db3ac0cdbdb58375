package dev.backfleet.common.postgres;

import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What may be told of an error of PostgreSQL: never a value of a row. Details, hints and contexts hold values, and so do
 * the messages of data errors and whatever a trigger raises; for those, the SQLSTATE speaks, with the names of the
 * constraint and the column.
 */
public final class RefusedRow {

    // Errors about locks, resources and the connection: about a row's values none of these speaks.
    private static final Set<String> ABOUT_THE_SERVER = Set.of("08", "25", "40", "53", "55", "57", "58", "72");

    // Errors about names, rights and limits: in a function, whose SQL may be made of values, they may be about these.
    private static final Set<String> ABOUT_THE_STATEMENT =
            Set.of("0A", "20", "26", "28", "2B", "34", "3D", "3F", "42", "54", "F0", "XX");

    // An exception that a function raises has the SQLSTATE and the message that its author liked.
    private static final String RAISED = "exec_stmt_raise";

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("21000", "more than one row from a subquery"),
            Map.entry("22000", "data exception"),
            Map.entry("22001", "value too long for the column"),
            Map.entry("22003", "numeric value out of range"),
            Map.entry("22004", "null value not allowed"),
            Map.entry("22007", "invalid date or time format"),
            Map.entry("22008", "date or time out of range"),
            Map.entry("22009", "time zone displacement out of range"),
            Map.entry("22011", "substring out of range"),
            Map.entry("22012", "division by zero"),
            Map.entry("22015", "interval out of range"),
            Map.entry("22021", "character not in the repertoire"),
            Map.entry("22023", "invalid parameter value"),
            Map.entry("2202E", "array subscript error"),
            Map.entry("22030", "duplicate JSON object key"),
            Map.entry("22032", "invalid JSON text"),
            Map.entry("22P01", "floating-point exception"),
            Map.entry("22P02", "invalid text for the type"),
            Map.entry("22P03", "invalid binary value for the type"),
            Map.entry("22P05", "untranslatable character"),
            Map.entry("23000", "integrity constraint violated"),
            Map.entry("23001", "a row is still referred to"),
            Map.entry("23502", "null in a column that is NOT NULL"),
            Map.entry("23503", "foreign key violated"),
            Map.entry("23505", "duplicate key in a unique index"),
            Map.entry("23514", "check constraint violated"),
            Map.entry("23P01", "exclusion constraint violated"),
            Map.entry("44000", "check option of a view violated"),
            Map.entry("P0001", "exception raised by a function or trigger"),
            Map.entry("P0002", "a function found no row"),
            Map.entry("P0003", "a function found too many rows"),
            Map.entry("P0004", "an assertion of a function failed"));

    private static final Map<String, String> CLASSES = Map.of(
            "21", "cardinality violation",
            "22", "data exception",
            "23", "integrity constraint violated",
            "38", "external function failed",
            "39", "external function misbehaved",
            "P0", "a function failed");

    private RefusedRow() {}

    /** The error in words without any value of a row. */
    public static String words(SQLException e) {
        var server = e instanceof PSQLException refused ? refused.getServerErrorMessage() : null;
        if (server == null) {
            // The driver's own words are about the connection.
            return String.valueOf(e.getMessage());
        }
        var code = String.valueOf(server.getSQLState());
        var raised = RAISED.equals(server.getRoutine());
        if (raised) {
            return inWords(code);
        }
        var inFunction = server.getWhere() != null;
        var isSilent = ABOUT_THE_SERVER.contains(classOf(code))
                || (ABOUT_THE_STATEMENT.contains(classOf(code)) && !inFunction);
        var message = server.getMessage();
        return isSilent && message != null ? message : inWords(code) + names(server);
    }

    private static String classOf(String code) {
        return code.substring(0, Math.min(2, code.length()));
    }

    private static String inWords(String code) {
        var words = WORDS.get(code);
        if (words != null) {
            return words;
        }
        return CLASSES.getOrDefault(classOf(code), "an error that a function made");
    }

    private static String names(ServerErrorMessage server) {
        return Stream.of(name("constraint", server.getConstraint()), name("column", server.getColumn()))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", ", ": ", ""))
                .replaceFirst("^: $", "");
    }

    private static String name(String what, @Nullable String name) {
        return name == null ? "" : what + " \"" + name + '"';
    }
}
