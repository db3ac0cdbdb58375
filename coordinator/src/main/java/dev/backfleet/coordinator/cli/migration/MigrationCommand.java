package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.coordinator.cli.migration.contract.ContractCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Only holds its subcommands. */
@Command(
        name = "migration",
        description = {
            "Take a table from its old shape to a new one: add columns, keep both shapes in step, backfill, add indexes and",
            "constraints, and prove the result. Each step is checked before it is made, so every command can be run again.",
            "No statement waits for a lock for longer than its limit while the application waits behind it."
        },
        subcommands = {
            MigrationPlanCommand.class,
            ApplyCommand.class,
            MigrationStatusCommand.class,
            MigrationWatchCommand.class,
            MigrationGateCommand.class,
            CutoverCommand.class,
            RollbackCommand.class,
            ContractCommand.class,
            AbortCommand.class,
            MigrationSqlCommand.class,
            FlagsCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration plan split-names.migration.yaml     what it would do, and what to know before",
            "  backfleet migration apply split-names.migration.yaml    as far as it goes without a decision",
            "  backfleet migration status split-names                  which step waits, and for whom",
            "  backfleet migration gate split-names --for cutover      whether reads may be switched, for a pipeline",
            "  backfleet migration cutover split-names                 switch reads of the next share of tenants",
            "  backfleet migration rollback split-names --reason 'r'   take all reads back, at once",
            "  backfleet migration contract split-names                the old columns go: report, rename, drop",
            "  backfleet migration abort split-names                   take it back"
        })
public final class MigrationCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(new CommandLine(spec), "no command given");
    }
}
