package dev.backfleet.coordinator.cli.http;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The coordinator that a command asks instead of the database, as a mixin. */
public final class ServerOption {
    private static final String VARIABLE = "BACKFLEET_SERVER";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = {
                "Ask the API of a coordinator, such as http://127.0.0.1:8480, instead of the database.",
                "Default: BACKFLEET_SERVER."
            })
    private @Nullable String server;

    /**
     * The server; nothing: the command asks the database.
     *
     * @param environment where the variable may be set
     * @throws CommandException if it is no address
     */
    public Optional<URI> address(Map<String, String> environment) {
        var written = server == null ? environment.get(VARIABLE) : server;
        if (written == null || written.isEmpty()) {
            return Optional.empty();
        }
        try {
            var address = URI.create(written);
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getQuery() == null) {
                return Optional.of(address);
            }
        } catch (IllegalArgumentException e) {
            // The same as an address that is none of HTTP.
        }
        throw new CommandException(
                ExitCode.USAGE, "'" + written + "' is no server; write http://HOST:PORT, as a coordinator's log says");
    }
}
