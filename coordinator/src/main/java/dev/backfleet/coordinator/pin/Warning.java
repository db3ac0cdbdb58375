package dev.backfleet.coordinator.pin;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something about a spec, or about the rows that it selects, that the person who submits it should know. It prevents nothing.
 *
 * @param code which of the kinds it is; names in output are an interface
 * @param message what is so, as a clause
 * @param remedy what can be done about it, as a clause; null if nothing need be done
 */
public record Warning(Code code, String message, @Nullable String remedy) {

    /** A warning about which nothing need be done. */
    static Warning of(Code code, String message) {
        return new Warning(code, message, null);
    }

    /** The warning as one line. */
    public String line() {
        return remedy == null ? message : message + "; " + remedy;
    }

    /** The kinds. */
    public enum Code {
        /** Row security is on, and this role is exempt. */
        ROW_SECURITY(true),
        /** No index begins with the tenant column and continues with the key. */
        TENANT_WITHOUT_INDEX(true),
        /** Triggers are suppressed. */
        TRIGGERS_SUPPRESSED(true),
        /** A statement trigger on a partitioned table, which batches do not fire. */
        TRIGGER_DOES_NOT_FIRE(true),
        /** A trigger that fires although triggers are suppressed. */
        TRIGGER_NOT_SUPPRESSED(true),
        /** A trigger that can keep a row unchanged. */
        TRIGGER_MAY_KEEP_ROWS(true),
        /** The first row would be quarantined. */
        FIRST_ROW_REJECTED(true),
        /** This role may not change rows. */
        PRIVILEGE_MISSING(true),
        /** Triggers that the job will fire. */
        TRIGGERS_FIRE(false),
        /** A column that is set is in an index. */
        COLUMN_INDEXED(false),
        /** The spec has no condition. */
        NO_WHERE(false),
        /** A wave names tenants that have no rows. */
        TENANT_WITHOUT_ROWS(false),
        /** Another unfinished job sets the same column. */
        COLUMN_SET_BY_JOB(false),
        /** The name is in use: only a dry run warns, a submission is refused. */
        NAME_IN_USE(false);

        private final boolean kept;

        Code(boolean kept) {
            this.kept = kept;
        }

        /** Whether the warning is stored with the job, and shown in its status. */
        public boolean kept() {
            return kept;
        }

        /** The name in output: {@code no-where}. */
        @JsonValue
        public String shown() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
