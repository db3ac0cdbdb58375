package dev.backfleet.common.postgres;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.statement.PlainQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * The version of the control schema that this release works with. Each process checks it once, at its start: a running
 * process continues during a migration, since a migration only adds.
 */
public final class SchemaVersion {

    public static final int KNOWN = 28;

    private static final PlainQuery EXISTS = new PlainQuery("select to_regclass('backfleet.job') is not null");

    // Before version 6 there was no such function.
    private static final PlainQuery TELLS = new PlainQuery("select to_regprocedure('backfleet.version()') is not null");

    private static final PlainQuery STORED = new PlainQuery("select backfleet.version()");

    private static final String MIGRATE = "start a coordinator of this release first, which migrates it";

    private static final String NONE = "the database has no schema backfleet yet";

    private static final String OLDER =
            "the control schema in the database is older than this release, which needs version " + KNOWN;

    private SchemaVersion() {}

    /**
     * Checks that the control schema has exactly this version, if it exists.
     *
     * @throws ExplainedFailure {@link Kind#OTHER_VERSION} if it is newer or older
     */
    public static void require(Database database) {
        if (missing(database).filter(OLDER::equals).isPresent()) {
            throw new ExplainedFailure(Kind.OTHER_VERSION, OLDER, MIGRATE);
        }
    }

    /**
     * Waits until the control schema has exactly this version; a coordinator migrates it.
     *
     * @throws ExplainedFailure {@link Kind#OTHER_VERSION} if it is newer, or still older at the time limit; {@link
     *     Kind#UNUSABLE} if it still does not exist
     */
    public static void await(Database database, StartWait wait) throws InterruptedException {
        wait.await(() -> missing(database), what -> {
            return what.startsWith(NONE)
                    ? new ExplainedFailure(
                            Kind.UNUSABLE,
                            what,
                            "start a coordinator, which creates it, or let 'backfleet submit --migrate' do it")
                    : new ExplainedFailure(Kind.OTHER_VERSION, what, MIGRATE);
        });
    }

    /** What is missing: the control schema, or its version; nothing if it has this version. */
    public static Optional<String> missing(Database database) {
        return database.read(connection -> {
            if (!is(connection, EXISTS)) {
                return Optional.of(NONE);
            }
            var stored = stored(connection);
            refuseNewer(stored);
            return stored < KNOWN ? Optional.of(OLDER) : Optional.<String>empty();
        });
    }

    /**
     * Checks that the control schema is not newer than this version.
     *
     * @throws ExplainedFailure {@link Kind#OTHER_VERSION} if it is
     */
    public static void refuseNewer(Database database) {
        refuseNewer(database.read(SchemaVersion::stored));
    }

    private static void refuseNewer(int stored) {
        if (stored > KNOWN) {
            throw new ExplainedFailure(
                    Kind.OTHER_VERSION,
                    "the control schema in the database has version " + stored
                            + ", and this release supports versions up to " + KNOWN,
                    "use the release of Backfleet that migrated it, or a later one");
        }
    }

    private static int stored(Connection connection) throws SQLException {
        return is(connection, TELLS)
                ? STORED.row(connection, Map.of(), row -> row.getInt(1)).orElseThrow()
                : 0;
    }

    private static boolean is(Connection connection, PlainQuery question) throws SQLException {
        return question.row(connection, Map.of(), row -> row.getBoolean(1)).orElseThrow();
    }
}
