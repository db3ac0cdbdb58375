package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.text.ExplanationText;
import dev.backfleet.coordinator.cli.text.QuarantineTable;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Outcome;
import dev.backfleet.coordinator.query.quarantine.ListQuarantine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the rows in quarantine, retries or dismisses them. */
@Command(
        name = "quarantine",
        description = {
            "List the rows of a job that PostgreSQL rejected: key, SQLSTATE and message; a page at a time.",
            "With --retry, this command changes them itself, each in a short transaction, as the job is defined now; rows",
            "that were deleted or no longer need the change leave quarantine. Rows of a paused job, tenant or fleet are not",
            "retried; those of a HALTED job are, and the job stays HALTED. Exits with 9 if some of the retried rows stay in",
            "quarantine, and with 0 if there are none.",
            "With --explain, prints what PostgreSQL says about one row: its own words, with values of the row."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet quarantine split-names",
            "  backfleet quarantine split-names -o json --after 1234 --limit 1000",
            "  backfleet quarantine split-names --explain --key 42",
            "  backfleet quarantine split-names --explain --key 42 --set 'n=coalesce(m, 0)'",
            "  backfleet quarantine split-names --retry                        after fixing the data",
            "  backfleet quarantine split-names --retry --key 42",
            "  backfleet quarantine split-names --retry --set 'n=coalesce(m, 0)'",
            "  backfleet quarantine split-names --drop --key 7 --key 42        a key of two columns"
        })
final class QuarantineCommand implements Callable<ExitCode> {
    // A quoted name may contain the equals sign, too.
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*(\"(?:[^\"]|\"\")*\"|[^=]*?)\\s*=\\s*(.*?)\\s*", Pattern.DOTALL);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(names = "--retry", description = "Retry the rows, in the order in which they were quarantined.")
    private boolean retry;

    @Option(names = "--drop", description = "Dismiss the rows: they stay unchanged. Recorded in backfleet.audit.")
    private boolean drop;

    @Option(
            names = "--explain",
            description = {
                "Change the row given by --key in a transaction that is rolled back, and print PostgreSQL's error in full.",
                "It contains values of the row, and is printed here only, never logged or stored. With --set, tries other",
                "expressions and replaces none. Exits with 9 if PostgreSQL rejects the row."
            })
    private boolean explain;

    @Option(
            names = "--key",
            paramLabel = "VALUE",
            description = {
                "With --retry, --drop or --explain, only the row with this key, as it is listed.",
                "For a key of several columns, give it once for each column, in their order."
            })
    private List<String> key = List.of();

    @Option(
            names = "--set",
            paramLabel = "COLUMN=EXPR",
            description = {
                "Replace the expression that the job sets a column to, checked as at submission; with or without --retry.",
                "It is replaced for every row of the job: with --retry, not for one --key.",
                "The job may be RUNNING: the command ends when no batch uses the old expression any more."
            })
    private List<String> set = List.of();

    @Option(
            names = "--after",
            paramLabel = "NUMBER",
            description = "Begin after this row: the last one of the previous page.")
    private @Nullable Long after;

    @Option(names = "--limit", paramLabel = "N", description = "How many rows, up to 1000. Default: 100.")
    private @Nullable Integer limit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        requireValidCombination();
        var expressions = expressions();
        if (explain) {
            return explain(expressions);
        }
        var stores = retry || drop || !expressions.isEmpty();
        try (var session = stores ? Session.openToStore(options) : Session.open(options)) {
            var only = key.isEmpty() ? Optional.<List<String>>empty() : Optional.of(key);
            if (retry) {
                return retry(session, only, expressions);
            }
            if (drop) {
                return drop(session, only);
            }
            return expressions.isEmpty() ? list(session) : replace(session, expressions);
        }
    }

    private void requireValidCombination() {
        if (retry && drop) {
            throw usage("--retry and --drop cannot be combined");
        }
        if (explain && (retry || drop)) {
            throw usage("--explain cannot be combined with --retry or --drop");
        }
        if (explain && key.isEmpty()) {
            throw usage("--explain requires --key");
        }
        if (explain && output.json()) {
            throw usage("--explain prints text only: programs must not store values of rows");
        }
        if (!key.isEmpty() && !retry && !drop && !explain) {
            throw usage("--key requires --retry, --drop or --explain");
        }
        if (!set.isEmpty() && drop) {
            throw usage("--set and --drop cannot be combined");
        }
        if ((after != null || limit != null) && (retry || drop || explain || !set.isEmpty())) {
            throw usage("--after and --limit apply only to the list");
        }
        if (limit != null && (limit < 1 || limit > ListQuarantine.MOST)) {
            throw usage("--limit must be between 1 and " + ListQuarantine.MOST);
        }
    }

    private ParameterException usage(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private Map<Identifier, SqlExpression> expressions() {
        var expressions = new LinkedHashMap<Identifier, SqlExpression>();
        for (var one : set) {
            var parts = ASSIGNMENT.matcher(one);
            if (!parts.matches()) {
                throw new CommandException(ExitCode.USAGE, "--set " + one + ": write COLUMN=EXPRESSION");
            }
            try {
                expressions.put(Identifier.parse(parts.group(1)), SqlExpression.parse(parts.group(2)));
            } catch (BadTextException e) {
                throw new CommandException(
                        ExitCode.USAGE, "--set " + parts.group(1) + ": " + e.what() + "; " + e.remedy(), e);
            }
        }
        return expressions;
    }

    private ExitCode list(Session session) {
        var page = session.operations()
                .quarantine()
                .run(job.idOrName(), after == null ? 0 : after, limit == null ? 100 : limit);
        output.print(page, () -> QuarantineTable.of(page, job.idOrName(), after == null));
        if (page.next() != null) {
            output.remark("more: --after " + page.next());
        }
        return ExitCode.DONE;
    }

    private ExitCode retry(Session session, Optional<List<String>> only, Map<Identifier, SqlExpression> expressions)
            throws InterruptedException {
        var retried = session.operations().retryQuarantine().run(session.actor(), job.idOrName(), only, expressions);
        var halted = retried.state() == JobState.HALTED
                ? job + " is still HALTED: 'backfleet resume " + job + "' resumes it\n"
                : "";
        output.print(
                retried,
                () -> (retried.retried() == 0 ? nothing("retry") : "retried: " + retried.words() + "\n") + halted);
        return retried.stay() > 0 ? ExitCode.QUARANTINED : ExitCode.DONE;
    }

    private ExitCode explain(Map<Identifier, SqlExpression> instead) throws InterruptedException {
        try (var session = Session.open(options)) {
            var explanation = session.operations().explainRow().run(job.idOrName(), key, instead);
            print(ExplanationText.of(job.idOrName(), key, explanation));
            return explanation.outcome() == Outcome.REJECTED ? ExitCode.QUARANTINED : ExitCode.DONE;
        }
    }

    private ExitCode drop(Session session, Optional<List<String>> only) {
        var dropped = session.operations().dropRows().run(session.actor(), job.idOrName(), only);
        var rows = dropped.dropped();
        output.print(
                dropped,
                () -> rows == 0
                        ? nothing("dismiss")
                        : "dismissed " + HumanText.number(rows) + (rows == 1 ? " row" : " rows") + " of " + job
                                + ": they stay unchanged\n");
        return ExitCode.DONE;
    }

    private String nothing(String what) {
        return "nothing to " + what + ": no row of " + job + " is in quarantine\n";
    }

    private ExitCode replace(Session session, Map<Identifier, SqlExpression> expressions) {
        session.operations().replaceExpressions().run(session.actor(), job.idOrName(), expressions);
        print("replaced the expressions of " + job + ": rows that are changed from now on get the new ones\n");
        return ExitCode.DONE;
    }

    private void print(String text) {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
    }
}
