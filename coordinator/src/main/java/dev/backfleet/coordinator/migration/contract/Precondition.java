package dev.backfleet.coordinator.migration.contract;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What must be so before the old columns go, in the order of the report, with what the page of the report says about each. A further one
 * is a constant here, a case in {@link ContractChecks}, and what that judges in {@link ContractFacts}.
 */
public enum Precondition {
    READS(
            Certainty.PROVEN,
            "the flag is at 100 %, no tenant is held back by name, and it was not changed for `contract.soak`"),
    KEPT(
            Certainty.PROVEN,
            "the columns have been renamed for `contract.keep`; only before the drop, and not with `contract: { rename: false }`"),
    SYNC(Certainty.PROVEN, "triggers and function of the sync are as they were made"),
    RECONCILE(
            Certainty.PROVEN,
            "no reconcile has found a wrong row for `contract.clean`, and the gate is open. After the renaming it is *evidence* that none had "
                    + "found one up to then: the rule names the old columns, so the reconcile is not repeated"),
    JOBS(
            Certainty.PROVEN,
            "no job of the table is unfinished. A reconcile of the migration does not count: `--rename` and `--drop` wait for its end, for "
                    + "`ddl.give-up` at most, and make the report again"),
    CATALOG(
            Certainty.PROVEN,
            "no view, materialized view, rule, policy, generated column, foreign key of another table, owned sequence, publication, replica "
                    + "identity, function with a parsed body or other trigger needs an old column, and no index, constraint or extended "
                    + "statistics has it beside another column"),
    FUNCTIONS(
            Certainty.EVIDENCE,
            "no text of a function has the name of an old column and that of the table; of a function of a trigger of the table, the name of "
                    + "the column is enough. A statement that a function puts together from pieces is not found"),
    STATEMENTS(
            Certainty.EVIDENCE,
            "`pg_stat_statements` has counted no statement that names an old column for `contract.clean`. It is compared with the last "
                    + "report: a statement that was counted since is shown, and the time begins anew. *Cannot be known* without the "
                    + "extension, without `pg_read_all_stats`, or when it has forgotten statements"),
    WRITERS(
            Certainty.EVIDENCE,
            "nobody has written the old shape alone for `contract.clean`, counted from the end of the last transaction that had written the "
                    + "table before it was noted. *Cannot be known* with `ddl: { by: others }`, or when a crash of the server has lost the notes"),
    VERSIONS(
            Certainty.CANNOT_BE_KNOWN,
            "a person has said that a version that does not use the old columns is deployed everywhere. Red by *evidence* if an instance of the "
                    + "[provider](../flags.md#java) evaluates an older version of the flag");

    private final Certainty certainty;
    private final String greenIf;

    Precondition(Certainty certainty, String greenIf) {
        this.certainty = certainty;
        this.greenIf = greenIf;
    }

    /** The name in output and on the page: {@code reads}. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How certain it is at best. */
    Certainty certainty() {
        return certainty;
    }

    /** When it is met, in Markdown. */
    String greenIf() {
        return greenIf;
    }
}
