package dev.backfleet.common.error;

import org.jspecify.annotations.Nullable;

/**
 * An error of PostgreSQL or of its driver, with what is needed to decide how to handle it. Its message may contain
 * values of rows: show only what {@link SafeErrorMessage} makes of it.
 *
 * @param code the SQLSTATE
 * @param origin where it was raised
 * @param routine the server's C function that reported it; null if unknown or reported by the driver
 * @param message what the server or the driver says
 * @param names the names that the server sends beside the message
 * @param place the function in which it was raised
 */
public record ServerError(
        String code, ErrorOrigin origin, @Nullable String routine, String message, Names names, FunctionPlace place) {

    private static final String CONTROL_SCHEMA = "backfleet";

    /** An error of which only the code and the message are known. */
    public static ServerError of(String code, String message) {
        return new ServerError(code, ErrorOrigin.CONTROL, null, message, Names.NONE, FunctionPlace.NONE);
    }

    /**
     * An error that the server reported of a statement that changes rows.
     *
     * @param code the SQLSTATE
     * @param routine the server's C function that reported it
     * @param file the source file of that
     * @param message what the server says
     * @param context the error's context
     * @param names the names that the server sends beside the message
     */
    public static ServerError reported(
            String code,
            @Nullable String routine,
            @Nullable String file,
            String message,
            @Nullable String context,
            Names names) {
        var origin = ErrorOrigin.of(routine, file, context);
        return new ServerError(code, origin, routine, message, names, FunctionPlace.of(context));
    }

    /** The same error, with names. */
    public ServerError named(Names found) {
        return new ServerError(code, origin, routine, message, found, place);
    }

    /** The same error, of a trigger of a table. */
    public ServerError ofTrigger(String table) {
        return new ServerError(code, origin, routine, message, names, place.ofTrigger(table));
    }

    /** The same error with an origin that was determined later. */
    public ServerError from(ErrorOrigin found) {
        return new ServerError(code, found, routine, message, names, place);
    }

    /** The SQLSTATE's class. */
    String codeClass() {
        return code.substring(0, Math.min(2, code.length()));
    }

    /**
     * Whether a constraint of Backfleet's own tables was violated: such an error is never caused by a row of the user.
     */
    boolean isOurConstraint() {
        return CONTROL_SCHEMA.equals(names.schema()) && codeClass().equals("23") && origin != ErrorOrigin.RAISED;
    }

    /**
     * The names that the server sends beside its message.
     *
     * @param schema the schema of the table
     * @param table the table
     * @param column the column
     * @param constraint the constraint or index
     */
    public record Names(
            @Nullable String schema,
            @Nullable String table,
            @Nullable String column,
            @Nullable String constraint) {
        public static final Names NONE = new Names(null, null, null, null);
    }
}
