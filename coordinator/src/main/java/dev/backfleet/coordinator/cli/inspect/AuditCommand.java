package dev.backfleet.coordinator.cli.inspect;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.query.audit.AuditChain;
import dev.backfleet.coordinator.query.audit.AuditEntry;
import dev.backfleet.coordinator.query.audit.ListAudit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows who changed what, and verifies that these rows were not changed. */
@Command(
        name = "audit",
        description = {
            "Show who has changed what, oldest first: submissions, pauses, settings, retries, and so on, of all jobs or of one;",
            "of a migration also its states, the changes of its flag, and who has said that a version is deployed.",
            "ROLE and ADDRESS are verified by PostgreSQL: the role that was logged in, and the address of its session. BY and CLIENT",
            "are what the command or the record on the control topic claims; BACKFLEET_ACTOR names another person.",
            "Each row is chained to the one before it by a hash. --verify checks the chain, and exits with 4 if rows were changed,",
            "deleted, inserted or moved. Whoever owns the table can also rewrite the whole chain: --anchor finds that."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet audit split-names",
            "  backfleet audit --who ann --action pause --from 2d -o json",
            "  backfleet audit --verify --anchor 3f1c…   # the hash of 'the audit ends with' in a coordinator's log"
        })
public final class AuditCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "JOB",
            description = "Only the rows of this job, by its id or name, or of this migration, by its name.")
    private @Nullable String job;

    @Option(names = "--who", paramLabel = "TEXT", description = "Only if BY, ROLE or CLIENT contains this.")
    private @Nullable String who;

    @Option(names = "--action", paramLabel = "A", description = "Only this action, such as pause, set or submit.")
    private @Nullable String action;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = FromConverter.class,
            description = "Only since then: an age such as 12h or 2d, a day such as 2026-11-30 or a time such as"
                    + " 2026-11-30T10:00:00Z, in UTC.")
    private @Nullable From from;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many rows, the newest ones, up to 10000. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--verify", description = "Verify the chain of all rows, instead of showing some.")
    private boolean verify;

    @Option(
            names = "--anchor",
            paramLabel = "HASH",
            description = "With --verify: the hash of a row that must be in the chain.")
    private @Nullable String anchor;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        refuseContradictions();
        try (var session = Session.open(options)) {
            if (verify) {
                return verify(session);
            }
            var since = Objects.requireNonNullElse(from, From.ANY);
            var listed = session.operations()
                    .audit()
                    .run(new ListAudit.Filter(job, who, action, since.at(), since.age(), limit));
            output.print(listed.entries(), () -> table(listed.entries(), screen()));
            if (listed.older()) {
                output.remark("older rows are left out: give a larger --limit");
            }
            return ExitCode.DONE;
        }
    }

    private void refuseContradictions() {
        if (verify && Stream.of(job, who, action, from).anyMatch(Objects::nonNull)) {
            throw new ParameterException(
                    spec.commandLine(), "--verify reads the whole chain: leave out JOB, --who, --action and --from");
        }
        if (anchor != null && !verify) {
            throw new ParameterException(spec.commandLine(), "--anchor needs --verify");
        }
    }

    private ExitCode verify(Session session) {
        var report = session.operations().verifyAudit().run(anchor);
        output.print(report, () -> text(report, anchor != null));
        return report.whole() ? ExitCode.DONE : ExitCode.PROBLEMS_FOUND;
    }

    private static String text(AuditChain.Report report, boolean anchored) {
        if (!report.whole()) {
            var more = report.faultCount() - report.faults().size();
            return "the audit was changed:\n"
                    + report.faults().stream().map(fault -> "  " + fault + "\n").collect(Collectors.joining())
                    + (more == 0 ? "" : "  and " + HumanText.number(more) + " more\n");
        }
        return report.last() == 0
                ? "the audit is empty\n"
                : "the chain is whole: " + HumanText.number(report.rows()) + " rows, the last with the hash "
                        + report.hash() + "\n"
                        + (anchored
                                ? "the anchor is in it\n"
                                : "without --anchor, it is not known whether the whole chain was rewritten, or its end deleted\n");
    }

    private int screen() {
        var terminal = TerminalInfo.from(options.environment());
        return terminal.present() ? terminal.columns() : Integer.MAX_VALUE;
    }

    private static String table(List<AuditEntry> entries, int screen) {
        if (entries.isEmpty()) {
            return "no row of the audit fits\n";
        }
        var table = new TextTable(
                TextTable.left("AT"),
                TextTable.left("BY"),
                TextTable.left("ROLE"),
                TextTable.left("ADDRESS").whereRoom(),
                TextTable.left("CLIENT").whereRoom(),
                TextTable.left("JOB"),
                TextTable.left("ACTION"));
        entries.forEach(entry -> table.row(
                HumanTime.moment(entry.at()),
                entry.who(),
                entry.role(),
                entry.remote() == null ? "local" : entry.remote(),
                entry.client() == null ? "" : entry.client(),
                entry.name() == null ? "" : entry.name(),
                what(entry)));
        return table.render(screen);
    }

    private static String what(AuditEntry entry) {
        var setting = entry.setting();
        var change = setting == null
                ? Stream.of(entry.action(), entry.after())
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining(" "))
                : entry.action() + " " + setting + " from " + entry.before() + " to " + entry.after();
        return entry.reason() == null ? change : change + ": " + entry.reason();
    }
}
