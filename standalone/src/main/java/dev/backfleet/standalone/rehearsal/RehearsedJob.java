package dev.backfleet.standalone.rehearsal;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.quarantine.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.quarantine.QuarantinedRow;
import dev.backfleet.standalone.postgres.copy.Definition;
import dev.backfleet.standalone.postgres.copy.TableCopy;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A job on the copy of its table, from its submission to its end. */
public final class RehearsedJob {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int MOST_REJECTED = 1_000;
    private static final int REASONS = 5;

    private final LocalStack stack;
    private final Database database;
    private final ParsedSpec parsed;

    /**
     * On a stack whose coordinator leads.
     *
     * @param database connections to the stack's database
     */
    public RehearsedJob(LocalStack stack, Database database, ParsedSpec parsed) {
        this.stack = stack;
        this.database = database;
        this.parsed = withoutBrakes(parsed);
    }

    // What makes a job slow or lets it wait for a person is not what is rehearsed; and a rate of a few rows would be
    // that of the
    // whole table.
    private static ParsedSpec withoutBrakes(ParsedSpec parsed) {
        var spec = parsed.spec();
        var limits = spec.limits();
        var free = new Limits(
                limits.shardRows(),
                limits.batchDuration(),
                limits.batchMaxRows(),
                limits.rowTimeout(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                limits.concurrency(),
                limits.priority(),
                limits.errorBudget(),
                limits.passes());
        return new ParsedSpec(
                new Spec(
                        spec.name(),
                        spec.table(),
                        spec.tenant(),
                        spec.change(),
                        spec.key(),
                        free,
                        Optional.empty(),
                        Optional.empty(),
                        ThrottleSpec.DEFAULT,
                        Optional.empty(),
                        spec.different(),
                        spec.source()),
                parsed.locations());
    }

    /** Runs it. */
    public RehearsalReport run(TableCopy.Filled filled, Definition definition, List<String> failed)
            throws InterruptedException {
        var ticker = Ticker.system();
        var start = ticker.now();
        var job = new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database))
                .run(Actor.commandLine("rehearsal"), parsed, new How(false, false, true))
                .id();
        var status = ended(job);
        var rejected =
                new PostgresQuarantine(database).page(job, 0, MOST_REJECTED).rows();
        var left = new ArrayList<>(definition.left());
        left.addAll(failed);
        return new RehearsalReport(
                parsed.spec().name(),
                status.state(),
                status.error() == null ? status.reason() : status.error(),
                filled.rows(),
                status.rows().walked(),
                status.rows().changed(),
                status.rows().quarantined(),
                reasons(rejected),
                ticker.now().minus(start).toMillis() / 1_000.0,
                filled.failed() == 0 ? null : filled.failed() + " rows: " + filled.why(),
                left);
    }

    private JobStatus ended(long job) throws InterruptedException {
        var queries = new PostgresQueries(database);
        while (true) {
            var now = queries.snapshot(job).orElseThrow().job();
            if (now.atRest() || now.trouble() != null) {
                return now;
            }
            for (var processes : List.of(stack.coordinators(), stack.workers())) {
                if (processes.stream().noneMatch(FleetProcess::isAlive)) {
                    throw new StackException("a process of the rehearsal has ended: "
                            + processes.get(0).logTail());
                }
            }
            Sleeper.system().sleep(LOOK);
        }
    }

    private static List<String> reasons(List<QuarantinedRow> rejected) {
        return rejected.stream()
                .map(row -> row.sqlState() + ": " + row.message())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet()
                .stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(REASONS)
                .map(reason -> reason.getValue() + " × " + reason.getKey())
                .toList();
    }
}
