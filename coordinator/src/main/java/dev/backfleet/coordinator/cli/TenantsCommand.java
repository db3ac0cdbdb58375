package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.ShellWord;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import dev.backfleet.coordinator.query.tenant.TenantPage;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.query.tenant.TenantStatus;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists the tenants of a job. */
@Command(
        name = "tenants",
        description = {
            "List the tenants of a job, in the order of the tenant column: state, rows, progress, error; a page at a time.",
            "The rows of a tenant with up to 10,000 rows are counted, on a page of 10 tenants up to 200,000. For a larger tenant,",
            "ROWS is an estimate (~): the rows that its own shards have scanned, and those estimated to remain. If it shares",
            "shards with other tenants, neither its rows (10,000+) nor its progress are known. Changed rows are not counted."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet tenants split-names",
            "  backfleet tenants split-names --after 42 --limit 1000 -o json",
            "  backfleet tenants split-names --state paused,failed"
        })
final class TenantsCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description = {
                "Only tenants in these states: ${COMPLETION-CANDIDATES}.",
                "With DONE, a page checks at most 10,000 tenants, and prints where to continue."
            })
    private Set<TenantState> states = Set.of();

    @Option(
            names = "--after",
            paramLabel = "T",
            description = "Begin after this tenant: the last one of the previous page.")
    private @Nullable String after;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many tenants, up to 1000. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        if (limit < 1 || limit > ListTenants.MOST) {
            throw new ParameterException(spec.commandLine(), "--limit must be between 1 and " + ListTenants.MOST);
        }
        try (var session = Session.open(options)) {
            var page = session.operations().tenants().run(job.idOrName(), states, after, limit);
            output.print(page, () -> table(page));
            if (page.next() != null) {
                output.remark("more: --after " + ShellWord.of(page.next()));
            }
            return ExitCode.DONE;
        }
    }

    private static String table(TenantPage page) {
        var table = new TextTable(
                TextTable.left("TENANT"),
                TextTable.left("STATE"),
                TextTable.right("PROGRESS"),
                TextTable.right("ROWS"),
                TextTable.right("SHARDS"),
                TextTable.right("WAVE"),
                TextTable.left("ERROR"));
        page.tenants()
                .forEach(tenant -> table.row(
                        tenant.tenant(),
                        tenant.state(),
                        tenant.percent() == null ? null : String.format(Locale.ROOT, "%.1f %%", tenant.percent()),
                        rows(tenant.rows()),
                        tenant.shards() + (tenant.shared() ? " shared" : ""),
                        tenant.wave(),
                        tenant.error()));
        return table.render();
    }

    private static String rows(TenantStatus.Rows rows) {
        var total = rows.total();
        if (total == null) {
            return HumanText.number(Objects.requireNonNull(rows.atLeast())) + "+";
        }
        return (rows.exact() ? "" : "~") + HumanText.number(total);
    }
}
