package dev.backfleet.common.postgres;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import org.jdbi.v3.core.Handle;

/**
 * The version of the control schema that this release works with. Each process asks once, when it starts: what runs goes on
 * while another migrates, since a migration only adds.
 */
public final class SchemaVersion {

    /** The newest migration. */
    public static final int KNOWN = 7;

    private static final String EXISTS = "select to_regclass('backfleet.job') is not null";

    // Before version 6 there was no such function.
    private static final String TELLS = "select to_regprocedure('backfleet.version()') is not null";

    private static final String STORED = "select backfleet.version()";

    private SchemaVersion() {}

    /**
     * Makes sure that the control schema is exactly of this version; one that does not exist is not looked at.
     *
     * @throws CommandException with {@link ExitCode#OTHER_VERSION} if it is newer or older
     */
    public static void require(Database database) {
        database.jdbi().useHandle(handle -> {
            if (is(handle, EXISTS)) {
                var stored = stored(handle);
                refuseNewer(stored);
                if (stored < KNOWN) {
                    throw new CommandException(
                            ExitCode.OTHER_VERSION,
                            "the control schema in the database is older than this release, which needs version "
                                    + KNOWN
                                    + ": start a coordinator of this release first, which brings it up to date");
                }
            }
        });
    }

    /**
     * Makes sure that the control schema is not newer than this version.
     *
     * @throws CommandException with {@link ExitCode#OTHER_VERSION} if it is
     */
    public static void refuseNewer(Database database) {
        database.jdbi().useHandle(handle -> refuseNewer(stored(handle)));
    }

    private static void refuseNewer(int stored) {
        if (stored > KNOWN) {
            throw new CommandException(
                    ExitCode.OTHER_VERSION,
                    "the control schema in the database is of version " + stored + ", and this release knows up to "
                            + KNOWN + ": use the release of Backfleet that migrated it, or a later one");
        }
    }

    private static int stored(Handle handle) {
        return is(handle, TELLS)
                ? handle.createQuery(STORED).mapTo(Integer.class).one()
                : 0;
    }

    private static boolean is(Handle handle, String question) {
        return handle.createQuery(question).mapTo(Boolean.class).one();
    }
}
