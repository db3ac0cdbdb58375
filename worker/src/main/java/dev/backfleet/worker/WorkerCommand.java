package dev.backfleet.worker;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.StopSignal;
import dev.backfleet.common.cli.Version;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.management.Management;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.LogSettings;
import dev.backfleet.common.settings.typed.ManagementSettings;
import dev.backfleet.common.settings.typed.ProcessName;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.common.telemetry.LoggedService;
import dev.backfleet.common.telemetry.Logging;
import dev.backfleet.common.trace.Tracing;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a worker until it is told to stop. */
@Command(
        name = "worker",
        description = {
            "Run a worker: it takes tasks and changes rows until it is stopped.",
            "SIGTERM lets it finish the batches under way and give its shards back; then it exits with 0."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet worker --slots 8",
            "  BACKFLEET_DATABASE_URL=postgresql://backfleet@db/app BACKFLEET_KAFKA_BOOTSTRAP_SERVERS=kafka:9092 \\",
            "    backfleet worker"
        })
public final class WorkerCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.WORKER);

    @Override
    public ExitCode call() throws InterruptedException {
        var signal = StopSignal.install();
        var settings = options.settings();
        var own = WorkerSettings.from(settings, ProcessName.unique(new SecureRandom()));
        var service = LoggedService.worker(Version.number(), own.id());
        Logging.forService(LogSettings.from(settings), service);
        var listen = ManagementSettings.from(settings, ManagementSettings.WORKER);
        try (var tracing = Tracing.open(options.environment(), service);
                var management = Management.open(listen, Version.number(), Version.revision())) {
            var worker = Worker.start(
                    own,
                    DatabaseSettings.from(settings),
                    KafkaSettings.from(KafkaConnectionSettings.from(settings)),
                    management.registry(),
                    tracing,
                    options.startWait());
            try (worker;
                    var unused = management.running(worker.health())) {
                return untilStopped(signal, worker);
            }
        }
    }

    private static ExitCode untilStopped(StopSignal signal, Worker worker) throws InterruptedException {
        var told = signal.received();
        try {
            CompletableFuture.anyOf(told, worker.ended()).get();
            return ExitCode.DONE;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
