package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.text.FleetNotice;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.report.WorkerReport;
import dev.backfleet.coordinator.screen.WorkerState;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists workers. */
@Command(
        name = "workers",
        description = {
            "List the workers: whether each is alive, its slots, and the shards (job/shard) that it works on.",
            "STATE says why a worker does not accept tasks, and since when.",
            "A worker without a heartbeat is listed for ten minutes."
        },
        footer = {"", "Examples:", "  backfleet workers", "  backfleet workers -o json"})
final class WorkersCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var listed = session.operations().workers().run();
            output.print(
                    WorkerReport.of(listed),
                    () -> table(listed.workers(), listed.fleet().at()));
            FleetNotice.print(listed.fleet(), spec);
            return ExitCode.DONE;
        }
    }

    private static String table(List<WorkerStatus> workers, Instant now) {
        if (workers.isEmpty()) {
            return "no worker has had a heartbeat in the last ten minutes\n";
        }
        var table = new TextTable(
                TextTable.left("ID"),
                TextTable.left("HOST"),
                TextTable.right("PID"),
                TextTable.right("BUSY"),
                TextTable.right("SLOTS"),
                TextTable.left("STATE"),
                TextTable.left("SEEN"),
                TextTable.left("WORKS ON"));
        workers.forEach(worker -> table.row(
                worker.id(),
                worker.host(),
                worker.pid(),
                worker.busy(),
                worker.slots(),
                WorkerState.words(worker),
                HumanTime.age(worker.seenAt(), now) + " ago",
                shards(worker)));
        return table.render();
    }

    private static @Nullable String shards(WorkerStatus worker) {
        return worker.shards().isEmpty()
                ? null
                : worker.shards().stream()
                        .map(held -> held.job() + "/" + held.shard())
                        .collect(Collectors.joining(" "));
    }
}
