package dev.backfleet.common.postgres;

import dev.backfleet.common.postgres.statement.PlainQuery;
import java.util.Map;

/**
 * How the database of a local stack is told from others: by the name of its cluster. An address does not tell it, since a tunnel to
 * another server ends on this machine, too.
 */
public final class LocalStackMark {

    /** The setting of PostgreSQL that has the mark. */
    public static final String SETTING = "cluster_name";

    /** The mark of a local stack, and of the demo. */
    public static final String VALUE = "backfleet-local";

    private static final PlainQuery NAME = new PlainQuery("select current_setting('cluster_name')");

    private LocalStackMark() {}

    /** Whether a local stack, or the demo, has started this server. */
    public static boolean isOn(Database database) {
        return database.read(connection -> NAME.row(connection, Map.of(), row -> row.getString(1)))
                .filter(VALUE::equals)
                .isPresent();
    }
}
