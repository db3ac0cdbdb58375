package dev.backfleet.common.error;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The message that may be shown for an error of PostgreSQL: it never contains a value of a row. Details, hints and
 * contexts contain values, and so do the messages of data errors and of exceptions that a function raises. For those,
 * the message is made from the SQLSTATE and the names of constraint, table, column and function.
 */
public final class SafeErrorMessage {

    // Errors about locks, resources and the connection: their messages contain no row values.
    private static final Set<String> ABOUT_THE_SERVER = Set.of("08", "25", "40", "53", "55", "57", "58", "72");

    // Errors about names, permissions and limits. At execution, the name may be a value of a row; at planning it cannot
    // be.
    private static final Set<String> ABOUT_THE_STATEMENT =
            Set.of("0A", "20", "26", "28", "2B", "34", "3D", "3F", "42", "54", "F0", "XX");

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("0A000", "feature not supported"),
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
            Map.entry("25006", "read-only transaction"),
            Map.entry("40001", "serialization failure"),
            Map.entry("40P01", "deadlock"),
            Map.entry("42501", "insufficient privilege"),
            Map.entry("42601", "syntax error"),
            Map.entry("42703", "a column does not exist"),
            Map.entry("42704", "an object does not exist"),
            Map.entry("42883", "a function or operator does not exist"),
            Map.entry("42P01", "a table does not exist"),
            Map.entry("44000", "check option of a view violated"),
            Map.entry("53100", "disk full"),
            Map.entry("54000", "a value or row is too large"),
            Map.entry("54001", "statement too complex"),
            Map.entry("57014", "statement cancelled"),
            Map.entry("P0001", "exception raised by a function or trigger"),
            Map.entry("P0002", "a function found no row"),
            Map.entry("P0003", "a function found too many rows"),
            Map.entry("P0004", "an assertion of a function failed"),
            Map.entry("XX001", "damaged data"),
            Map.entry("XX002", "damaged index"));

    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("08", "connection exception"),
            Map.entry("0A", "feature not supported"),
            Map.entry("21", "cardinality violation"),
            Map.entry("22", "data exception"),
            Map.entry("23", "integrity constraint violated"),
            Map.entry("25", "invalid transaction state"),
            Map.entry("38", "external function failed"),
            Map.entry("39", "external function misbehaved"),
            Map.entry("40", "transaction rolled back"),
            Map.entry("42", "error in the SQL of a function or expression"),
            Map.entry("53", "insufficient resources"),
            Map.entry("54", "a limit of the server was exceeded"),
            Map.entry("55", "object not in the required state"),
            Map.entry("57", "operator intervention"),
            Map.entry("58", "system error"),
            Map.entry("HV", "error of a foreign data wrapper"),
            Map.entry("P0", "a function failed"),
            Map.entry("XX", "internal error"));

    private static final String OTHERWISE = "exception raised by a function or trigger";

    // Their messages contain only the name of the denied object.
    private static final String DENIED = "aclcheck_error";
    private static final Pattern OBJECT = Pattern.compile("^permission denied for (\\w+) ");
    private static final Map<String, String> RIGHTS = Map.of(
            "function", "EXECUTE", "procedure", "EXECUTE", "schema", "USAGE", "sequence", "USAGE", "type", "USAGE");

    private SafeErrorMessage() {}

    /**
     * The error in words, without any value of a row.
     *
     * @param role the session's role, to say what has to be granted to which role; null if unknown
     */
    public static String words(ServerError error, @Nullable String role) {
        if (error.origin() == ErrorOrigin.RAISED) {
            return raised(error);
        }
        if (isDenial(error)) {
            return denial(error, role);
        }
        return isSilent(error) ? error.message() : inWords(error.code()) + names(error);
    }

    private static String raised(ServerError error) {
        var words = inWords(error.code());
        var function = error.place().function();
        if (function == null) {
            return words;
        }
        return words.equals(OTHERWISE)
                ? "exception raised by function " + function + trigger(error)
                : words + ", raised by function " + function + trigger(error);
    }

    private static boolean isDenial(ServerError error) {
        return error.code().equals(SqlStateCodes.NO_PERMISSION)
                && error.routine() != null
                && error.routine().startsWith(DENIED);
    }

    private static String denial(ServerError error, @Nullable String role) {
        var function = error.place().function();
        var denied = error.message() + (function == null ? "" : ", in function " + function + trigger(error));
        var object = OBJECT.matcher(error.message());
        var right = object.find()
                ? RIGHTS.getOrDefault(object.group(1), error.place().verb())
                : null;
        if (right == null || role == null) {
            return denied;
        }
        return "%s: grant %s on %s to %s"
                .formatted(denied, right, error.message().substring(object.end()), role);
    }

    private static boolean isSilent(ServerError error) {
        if (ABOUT_THE_SERVER.contains(error.codeClass())) {
            return SqlStates.kind(error) != ErrorKind.REFUSED_ROW;
        }
        return ABOUT_THE_STATEMENT.contains(error.codeClass())
                && (error.origin() == ErrorOrigin.PLANNING || error.origin() == ErrorOrigin.CONTROL);
    }

    private static String inWords(String code) {
        var words = WORDS.get(code);
        return words != null ? words : CLASSES.getOrDefault(code.substring(0, Math.min(2, code.length())), OTHERWISE);
    }

    private static String names(ServerError error) {
        var names = error.names();
        return Stream.of(
                        name("constraint", names.constraint()),
                        name("column", names.column()),
                        error.origin() == ErrorOrigin.IN_FUNCTION ? name("table", names.table()) : "",
                        error.place().function() == null
                                ? ""
                                : "in function " + error.place().function() + trigger(error))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", ", ": ", ""))
                .replaceFirst("^: $", "");
    }

    private static String trigger(ServerError error) {
        var table = error.place().table();
        return table == null ? "" : ", trigger of table " + table;
    }

    private static String name(String what, @Nullable String name) {
        return name == null ? "" : what + " \"" + name + '"';
    }
}
