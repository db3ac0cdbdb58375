package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.cli.JsonOutput;
import dev.backfleet.common.cli.OutputOption;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.coordinator.operation.ReplaceExpressions;
import dev.backfleet.coordinator.postgres.PostgresCatalog;
import dev.backfleet.coordinator.postgres.PostgresDefinitions;
import dev.backfleet.coordinator.postgres.PostgresQuarantine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the rows that the database refuses, retries them, or gives them up. */
@Command(
        name = "quarantine",
        description = {
            "List the rows of a job that the database refuses to change: key, SQLSTATE, why; a page at a time.",
            "With --retry, this command changes them itself, each in a short transaction, as the job is now defined; rows",
            "that were deleted or need the change no more leave the quarantine. No row of a job, tenant or fleet that is to",
            "stand still is retried. Ends with 9 if some of the rows that were retried stay in quarantine."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet quarantine split-names",
            "  backfleet quarantine split-names -o json --after 1234 --limit 1000",
            "  backfleet quarantine split-names --retry                        the data was mended",
            "  backfleet quarantine split-names --retry --key 42",
            "  backfleet quarantine split-names --retry --set 'n=coalesce(m, 0)'",
            "  backfleet quarantine split-names --drop --key 7 --key 42        a key of two columns"
        })
final class QuarantineCommand implements Callable<ExitCode> {
    private static final int MOST = 1_000;

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(names = "--retry", description = "Retry the rows, in the order in which they were put aside.")
    private boolean retry;

    @Option(names = "--drop", description = "Give the rows up: they stay as they are. Kept in backfleet.audit.")
    private boolean drop;

    @Option(
            names = "--key",
            paramLabel = "VALUE",
            description = {
                "With --retry or --drop, only the row with this key, as it is listed.",
                "Of a key of several columns, once for each, in their order."
            })
    private List<String> key = List.of();

    @Option(
            names = "--set",
            paramLabel = "COLUMN=EXPR",
            description = {
                "Replace what the job sets a column to, checked as at submission; with or without --retry.",
                "The job must stand still: PAUSED, HALTED or over."
            })
    private List<String> set = List.of();

    @Option(
            names = "--after",
            paramLabel = "NUMBER",
            description = "Begin after this row: where the page before ended.")
    private @Nullable Long after;

    @Option(names = "--limit", paramLabel = "N", description = "How many rows, up to 1000. Default: 100.")
    private @Nullable Integer limit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        requireSense();
        var expressions = expressions();
        try (var session = Session.open(options)) {
            var id = session.job(job.idOrName());
            var quarantine = new PostgresQuarantine(session.database());
            var only = key(quarantine.keyColumns(id));
            var retrying = new Retrying(session, job.idOrName(), id);
            if (retry) {
                retrying.requirePermitted();
            }
            if (!expressions.isEmpty()) {
                new ReplaceExpressions(
                                new PostgresCatalog(session.database()), new PostgresDefinitions(session.database()))
                        .run(id, expressions, Session.who());
            }
            if (retry) {
                return retrying.run(
                        quarantine, only, output.json(), spec.commandLine().getOut());
            }
            return drop ? drop(quarantine, id, only) : expressions.isEmpty() ? list(quarantine, id) : replaced();
        }
    }

    private void requireSense() {
        if (retry && drop) {
            throw wrong("--retry and --drop do not go together");
        }
        if (!key.isEmpty() && !retry && !drop) {
            throw wrong("--key goes with --retry or --drop");
        }
        if (!set.isEmpty() && drop) {
            throw wrong("--set does not go with --drop");
        }
        if ((after != null || limit != null) && (retry || drop || !set.isEmpty())) {
            throw wrong("--after and --limit are for the list");
        }
        if (limit != null && (limit < 1 || limit > MOST)) {
            throw wrong("--limit is 1 to " + MOST);
        }
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private Map<Identifier, SqlExpression> expressions() {
        var expressions = new LinkedHashMap<Identifier, SqlExpression>();
        for (var one : set) {
            var parts = one.split("=", 2);
            if (parts.length < 2) {
                throw new CommandException(ExitCode.USAGE, "--set " + one + ": write COLUMN=EXPRESSION");
            }
            try {
                expressions.put(Identifier.parse(parts[0].strip()), SqlExpression.parse(parts[1].strip()));
            } catch (BadTextException e) {
                throw new CommandException(
                        ExitCode.USAGE, "--set " + parts[0] + ": " + e.what() + "; " + e.remedy(), e);
            }
        }
        return expressions;
    }

    private Optional<List<String>> key(List<String> columns) {
        if (!key.isEmpty() && key.size() != columns.size()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "the key of " + job + " is (" + String.join(", ", columns) + "): give --key once for each column");
        }
        return key.isEmpty() ? Optional.empty() : Optional.of(key);
    }

    private ExitCode list(PostgresQuarantine quarantine, long id) {
        var page = quarantine.page(id, after == null ? 0 : after, limit == null ? 100 : limit);
        var out = spec.commandLine().getOut();
        out.print(output.json() ? JsonOutput.render(page) : QuarantineTable.of(page));
        out.flush();
        if (page.next() != null && !output.json()) {
            spec.commandLine().getErr().println("more: --after " + page.next());
            spec.commandLine().getErr().flush();
        }
        return ExitCode.DONE;
    }

    private ExitCode drop(PostgresQuarantine quarantine, long id, Optional<List<String>> only) {
        var rows = quarantine.drop(id, only, Session.who());
        if (only.isPresent() && rows == 0) {
            throw Retrying.noSuchRow(job.idOrName(), key);
        }
        var out = spec.commandLine().getOut();
        if (output.json()) {
            out.print(JsonOutput.render(new Dropped(id, rows)));
        } else {
            out.println("gave up " + HumanText.number(rows) + (rows == 1 ? " row" : " rows") + " of " + job
                    + ": they stay as they are");
        }
        out.flush();
        return ExitCode.DONE;
    }

    private ExitCode replaced() {
        var out = spec.commandLine().getOut();
        out.println("replaced what " + job + " sets: it holds for rows that are changed from now on");
        out.flush();
        return ExitCode.DONE;
    }

    /** What a program reads of a drop. */
    private record Dropped(long id, long dropped) {}
}
