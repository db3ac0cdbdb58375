package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.http.ServerOption;
import dev.backfleet.coordinator.cli.session.IntervalConverter;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.WatchLoop;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.remote.WatchedJob;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Follows a job until it finishes. */
@Command(
        name = "watch",
        description = {
            "Follow a job until it finishes: as a live screen on a terminal, otherwise as a line every few seconds.",
            "Ctrl-C detaches and does not affect the job. Exits with 0 if the job succeeds, with 9 if it succeeds and left",
            "rows in quarantine or unchanged, with 1 if it does not succeed."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet watch split-names",
            "  backfleet watch 7 --every 30s >> backfill.log",
            "  backfleet watch 7 --server http://127.0.0.1:8480      without the database's password"
        })
final class WatchCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final JobArgument job = new JobArgument();

    @Mixin
    private final ServerOption server = new ServerOption();

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            converter = IntervalConverter.class,
            description = "How often to refresh. Default: 1s on a terminal, else 5s.")
    private @Nullable Duration every;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var address = server.address(options.environment());
        if (address.isPresent()) {
            try (var watched = WatchedJob.open(address.get(), job.idOrName(), Sleeper.system())) {
                return follow(id -> watched.snapshot(), watched.snapshot());
            }
        }
        try (var session = Session.open(options)) {
            var status = session.operations().status();
            return follow(status::run, status.run(job.idOrName()));
        }
    }

    private ExitCode follow(LongFunction<Snapshot> status, Snapshot first) throws InterruptedException {
        var out = spec.commandLine().getOut();
        return WatchLoop.of(status, options.environment()).every(every).watch(first, out, out);
    }
}
