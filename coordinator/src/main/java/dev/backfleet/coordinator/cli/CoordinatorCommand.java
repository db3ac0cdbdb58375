package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.StopSignal;
import dev.backfleet.common.cli.Version;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.management.Management;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.LogSettings;
import dev.backfleet.common.settings.typed.ManagementSettings;
import dev.backfleet.common.settings.typed.ProcessName;
import dev.backfleet.common.telemetry.LoggedService;
import dev.backfleet.common.telemetry.Logging;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.coordinator.cli.http.HttpListener;
import dev.backfleet.coordinator.outbound.OutboundRequests;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a coordinator until it is stopped. */
@Command(
        name = "coordinator",
        description = {
            "Run a coordinator: it plans jobs and dispatches tasks until it is stopped.",
            "Of several coordinators, one is the leader and the others are on standby. It creates the control schema and the",
            "topics."
        },
        footer = {"", "Example:", "  backfleet coordinator --settings backfleet.env"})
final class CoordinatorCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COORDINATOR);

    @Override
    public ExitCode call() throws InterruptedException {
        OutboundRequests.permitHostHeader();
        var signal = StopSignal.install();
        var settings = options.settings();
        var own = CoordinatorSettings.from(settings, ProcessName.unique(new SecureRandom()));
        var service = LoggedService.coordinator(Version.number(), own.id());
        Logging.forService(LogSettings.from(settings), service);
        var listen = ManagementSettings.from(settings, ManagementSettings.COORDINATOR);
        try (var tracing = Tracing.open(options.environment(), service);
                var management = Management.open(listen, Version.number(), Version.revision());
                var http = HttpListener.open(settings, own.id())) {
            var coordinator = Coordinator.start(
                    own,
                    DatabaseSettings.from(settings),
                    KafkaSettings.from(KafkaConnectionSettings.from(settings)),
                    management.registry(),
                    tracing,
                    options.startWait());
            management.page("/flags.json", () -> JsonOutput.render(coordinator.flags()));
            http.ready();
            try (coordinator;
                    var unused = management.running(coordinator.health(), coordinator::points)) {
                untilStopped(signal, coordinator);
            }
        }
        return ExitCode.DONE;
    }

    private static void untilStopped(StopSignal signal, Coordinator coordinator) throws InterruptedException {
        try {
            CompletableFuture.anyOf(signal.received(), coordinator.ended()).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
