package dev.backfleet.common.cli;

import dev.backfleet.common.management.HealthProbe;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a coordinator or worker for its health, for images without a shell or an HTTP client. */
@Command(
        name = "health",
        description = {
            "Ask a coordinator or worker on this machine whether it is alive.",
            "Exits with 0 if it is, and with 1 if it is not, or does not answer within five seconds. Asks no database and no Kafka."
        },
        footer = {"", "Examples:", "  backfleet health", "  backfleet health --ready http://127.0.0.1:9481"})
public final class HealthCommand implements Callable<Integer> {
    // Docker knows no other code.
    private static final int UNHEALTHY = 1;

    private final ListenAddress otherwise;
    private final Map<String, String> environment;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--ready",
            description = "Whether it can do its work: it has started, is not stopping, and its servers answer it.")
    private boolean ready;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description = "Where it listens, such as http://127.0.0.1:9481. Default: BACKFLEET_MANAGEMENT_LISTEN, or"
                    + " where it listens if that is not set.")
    private @Nullable URI url;

    /** @param otherwise where the process listens unless it is set */
    public HealthCommand(ListenAddress otherwise) {
        this(otherwise, System.getenv());
    }

    HealthCommand(ListenAddress otherwise, Map<String, String> environment) {
        this.otherwise = otherwise;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Integer call() {
        var commands = spec.commandLine();
        var process = url;
        if (process == null) {
            var address = listens();
            if (!address.isOn()) {
                commands.getOut().println("it listens nowhere, as it was told to: its health is not known");
                return ExitCode.DONE.code();
            }
            process = HealthProbe.of(address);
        }
        var answer = HealthProbe.ask(process, ready ? "/readyz" : "/livez");
        (answer.healthy() ? commands.getOut() : commands.getErr()).println(answer.text());
        return answer.healthy() ? ExitCode.DONE.code() : UNHEALTHY;
    }

    private ListenAddress listens() {
        return Settings.load(Map.of(), environment, null, Optional.empty())
                .find(SettingCatalogue.MANAGEMENT_LISTEN)
                .orElse(otherwise);
    }
}
