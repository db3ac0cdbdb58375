package dev.backfleet.coordinator.cli.environment;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the names of jobs for the completion of a shell: quickly, or nothing. */
@Command(
        name = "job-names",
        hidden = true,
        description =
                "Print the names of the jobs, for the completion of a shell; nothing if the database does not answer at once.",
        footer = {"", "Example:", "  backfleet job-names"})
public final class JobNamesCommand implements Callable<ExitCode> {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    // A shell reads them as words.
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]+");

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var names = new CompletableFuture<List<String>>();
        var thread = new Thread(
                () -> {
                    try (var session = Session.open(options)) {
                        names.complete(session.operations().jobNames().run().stream()
                                .filter(name -> PLAIN.matcher(name).matches())
                                .toList());
                    } catch (RuntimeException | InterruptedException e) {
                        names.completeExceptionally(e);
                    }
                },
                "job-names");
        thread.setDaemon(true);
        thread.start();
        try {
            names.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .forEach(spec.commandLine().getOut()::println);
        } catch (ExecutionException | TimeoutException e) {
            // Whoever presses the tab key gets no names, and no message in the middle of a line.
        }
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }
}
