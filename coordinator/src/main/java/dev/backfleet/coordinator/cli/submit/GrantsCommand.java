package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.grants.Roles;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the script that gives the fleet's roles what they need for a job. */
@Command(
        name = "grants",
        description = {
            "Print the SQL script that gives the roles of coordinator and workers what they need for a job, and no more.",
            "Run the command as a role that may read the table's definition and the control schema, and the script as one that may",
            "grant. It grants nothing itself. Without SPEC: what every fleet needs, whatever its jobs are.",
            "What functions of triggers do is taken from their text; a function that such a function calls is not followed."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet grants --coordinator backfleet_coordinator --worker backfleet_worker | psql app",
            "  backfleet grants split-names.yaml > grants.sql",
            "  backfleet grants split-names.yaml --throttle backfleet_throttle | psql app"
        })
public final class GrantsCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SPEC",
            description = "The spec of the job, as YAML or JSON; - is standard input.")
    private @Nullable String file;

    @Option(
            names = "--coordinator",
            paramLabel = "ROLE",
            defaultValue = "backfleet_coordinator",
            description = "The role of coordinators, and of those who submit. Default: backfleet_coordinator.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String coordinator;

    @Option(
            names = "--worker",
            paramLabel = "ROLE",
            defaultValue = "backfleet_worker",
            description = "The role of workers. Default: backfleet_worker.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String worker;

    @Option(
            names = "--throttle",
            paramLabel = "ROLE",
            description =
                    "Instead, print what the role of BACKFLEET_THROTTLE_DATABASE_USER needs for the throttle.sql and"
                            + " throttle.probe of SPEC.")
    private @Nullable String throttle;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() {
        var parsed = Optional.ofNullable(file).map(name -> SpecSource.parsed(name, System.in));
        var roles = new Roles(Identifier.of(coordinator), Identifier.of(worker));
        try (var session = Session.openBeforeTheSchema(options)) {
            var script = throttle == null
                    ? session.operations().grants().run(parsed, roles)
                    : session.operations().queryGrants().run(parsed.orElseThrow(this::noSpec), Identifier.of(throttle));
            var out = spec.commandLine().getOut();
            if (output.json()) {
                out.print(JsonOutput.render(script));
            } else {
                script.lines().forEach(out::println);
            }
            out.flush();
            return ExitCode.DONE;
        }
    }

    private ParameterException noSpec() {
        return new ParameterException(spec.commandLine(), "--throttle needs SPEC: what its queries read is granted");
    }
}
