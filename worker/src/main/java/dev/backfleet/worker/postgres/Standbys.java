package dev.backfleet.worker.postgres;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A worker's connections to the standbys on which reconciles read rows: as its own user, with the session of a batch. */
public final class Standbys implements AutoCloseable {
    private final DatabaseSettings settings;
    private final Database.Profile profile;
    private final Map<String, Standby> open = new ConcurrentHashMap<>();

    /**
     * Of one worker.
     *
     * @param settings its user and password; a standby has the roles of its primary
     * @param profile name, number and setup of the connections to each standby
     */
    public Standbys(DatabaseSettings settings, Database.Profile profile) {
        this.settings = settings;
        this.profile = profile;
    }

    /** The standby with a JDBC URL. Connections are opened on demand. */
    Standby at(String url) {
        return open.computeIfAbsent(url, where -> {
            var database = Database.open(settings.at(where), profile);
            return new Standby(where, database, new CleanSessions(database));
        });
    }

    @Override
    public void close() {
        open.values().forEach(standby -> standby.database().close());
    }

    /**
     * One of them.
     *
     * @param sessions restores the settings of its sessions
     */
    record Standby(String url, Database database, CleanSessions sessions) {}
}
