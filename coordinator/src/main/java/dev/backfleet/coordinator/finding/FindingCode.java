package dev.backfleet.coordinator.finding;

import static dev.backfleet.coordinator.finding.FindingSeverity.ERROR;
import static dev.backfleet.coordinator.finding.FindingSeverity.WARNING;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of findings, gravest first, with what the page of findings says about each. */
public enum FindingCode {
    COLUMN_SET_BY_JOB(
            ERROR,
            "Another unfinished job sets the same column of the same table: which of both changes a row last is left to chance.",
            "wait for its end, or cancel one of them"),
    BATCH_WITHOUT_INDEX(
            ERROR,
            "PostgreSQL's plan of a batch does not find its rows by a range of the key's index: each batch would read more than its "
                    + "rows, up to the whole table. Only `plan` says it.",
            "`analyze` the table, and look at the plan in `run.plan.lines` of `plan -o json`"),

    NO_WHERE(
            WARNING,
            "The spec has no `where`: every row is changed, rows that are right already as well, and the job cannot check at its end "
                    + "what it left out.",
            "a `where` that no longer holds after the change"),
    COLUMN_INDEXED(
            WARNING,
            "A column that is set is in an index, in its expression or in its condition: each update writes new entries into all "
                    + "indexes of the table (no HOT update).",
            "create an index that is not needed meanwhile after the job"),
    TENANT_WITHOUT_INDEX(
            WARNING,
            "No index begins with the tenant column and continues with the key: shards follow the key, not the tenants.",
            "the index that the finding names"),
    TENANT_WITHOUT_ROWS(
            WARNING, "A wave of the rollout names tenants that have no rows.", "write them as the column has them"),
    TRIGGERS_FIRE(
            WARNING,
            "Triggers that the job fires.",
            "`triggers: suppress` leaves them out, if the role may, and with them the checks of foreign keys"),
    TRIGGER_MAY_KEEP_ROWS(
            WARNING,
            "A trigger that fires BEFORE each row can keep it unchanged by returning NULL; such rows are counted when the job ends.",
            "check what the trigger's function does"),
    TRIGGER_DOES_NOT_FIRE(
            WARNING,
            "A statement trigger on a partitioned table does not fire: the job updates the partitions.",
            "do after the job what the trigger would do"),
    TRIGGER_NOT_SUPPRESSED(
            WARNING,
            "A trigger fires although triggers are suppressed: it is enabled ALWAYS or for REPLICA.",
            "`alter table … enable trigger …`, if it is not meant to fire"),
    TRIGGERS_SUPPRESSED(
            WARNING,
            "Triggers are suppressed, and with them the checks of foreign keys on the changed columns.",
            "validate the foreign keys after the job"),
    FIRST_ROW_REJECTED(WARNING, "PostgreSQL rejects the change of the first row.", "fix the expression, or the row"),
    PRIVILEGE_MISSING(
            WARNING,
            "This role may not change rows; the finding names the GRANT.",
            "grant it to the workers' role at least"),
    ROW_SECURITY(
            WARNING,
            "Row security is on for the table, and this role is exempt. (A table of which it hides rows is refused.)",
            "BYPASSRLS for the workers' and the coordinator's roles as well"),
    NAME_IN_USE(
            WARNING,
            "A submission would be refused: an unfinished job has the name, or one of the name has SUCCEEDED. Only `plan` says it.",
            "another name, or `--again`");

    private final FindingSeverity severity;
    private final String meaning;
    private final String remedy;

    FindingCode(FindingSeverity severity, String meaning, String remedy) {
        this.severity = severity;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    public FindingSeverity severity() {
        return severity;
    }

    /** The name in output and on the page: {@code no-where}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether findings of this kind are stored with the job, and shown in its status: those that were forced, and some warnings. */
    public boolean kept() {
        return severity == ERROR
                || switch (this) {
                    case ROW_SECURITY,
                            TENANT_WITHOUT_INDEX,
                            TRIGGERS_SUPPRESSED,
                            TRIGGER_DOES_NOT_FIRE,
                            TRIGGER_NOT_SUPPRESSED,
                            TRIGGER_MAY_KEEP_ROWS,
                            FIRST_ROW_REJECTED,
                            PRIVILEGE_MISSING -> true;
                    default -> false;
                };
    }

    /** What it means, as sentences in Markdown. */
    String meaning() {
        return meaning;
    }

    /** What can be done, in Markdown. */
    String remedy() {
        return remedy;
    }
}
