package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;

/**
 * Checks that a server is a standby of the database, before rows are read on it. A worker checks the same with each batch; this
 * check tells a person at once.
 */
public final class StandbyCheck {
    private final Servers servers;

    public StandbyCheck(Servers servers) {
        this.servers = servers;
    }

    /**
     * The address that is stored. It is stored without secrets: workers connect as they do to the primary, whose roles a standby has.
     *
     * @param text a URL in any form
     * @return a JDBC URL
     * @throws OperationRefused INVALID if it is no URL of one database, or has a user or a password
     */
    public static String url(String text) {
        DatabaseUrl url;
        try {
            url = DatabaseUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid("it is no PostgreSQL URL", "write it as postgresql://replica.example:5432/app");
        }
        if (url.user() != null || !url.secrets().isEmpty()) {
            throw invalid(
                    "it has a user or a password, which would be stored with the job",
                    "leave them out: workers connect with those that they use for the primary");
        }
        if (DatabaseUrl.place(url.jdbc()).endsWith("/")) {
            throw invalid("it names no database", "write it as postgresql://replica.example:5432/app");
        }
        return url.jdbc();
    }

    /**
     * Checks a server.
     *
     * @param url a JDBC URL
     * @return a warning, if the server cannot be reached from here
     * @throws OperationRefused INVALID if the server is no standby of the database
     */
    public Optional<String> run(String url) {
        var found = servers.look(url);
        if (found.isEmpty()) {
            return Optional.of(
                    "the standby " + DatabaseUrl.place(url) + " cannot be reached from here, and was not checked;"
                            + " if workers cannot read it either, 'backfleet status' of the reconcile says so");
        }
        if (!found.get().ofThisSystem()) {
            throw invalid(
                    DatabaseUrl.place(url) + " is another database, and no standby of this one",
                    "name a streaming standby of the database");
        }
        if (!found.get().recovering()) {
            throw invalid(
                    DatabaseUrl.place(url) + " accepts writes: it is the primary, or was promoted",
                    "leave out --on to read the primary");
        }
        return Optional.empty();
    }

    private static OperationRefused invalid(String what, String remedy) {
        return new OperationRefused(Code.INVALID, "--on: " + what, remedy);
    }

    /**
     * A server.
     *
     * @param ofThisSystem whether it has the same database of the same system
     * @param recovering whether it is a standby
     */
    public record Server(boolean ofThisSystem, boolean recovering) {}

    /** The servers that can be reached. */
    @FunctionalInterface
    public interface Servers {
        /** What a server is; nothing if it cannot be reached, or does not let this user in. */
        Optional<Server> look(String url);
    }
}
