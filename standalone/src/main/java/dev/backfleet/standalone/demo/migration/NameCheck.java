package dev.backfleet.standalone.demo.migration;

import dev.backfleet.standalone.postgres.DemoTable;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Holds each customer's name against what the application has written last, or else against the name at the beginning. */
final class NameCheck implements DemoTable.NameConsumer {
    private final Map<Long, String> written;
    private final Set<Long> unseen;
    private long rows;
    private long wrong;

    /**
     * Creates it.
     *
     * @param written the names that the application knows
     */
    NameCheck(Map<Long, String> written) {
        this.written = written;
        this.unseen = new HashSet<>(written.keySet());
    }

    @Override
    public void accept(long id, String name, String original) {
        rows++;
        unseen.remove(id);
        if (!name.equals(written.getOrDefault(id, original))) {
            wrong++;
        }
    }

    /** The rows of the table. */
    long rows() {
        return rows;
    }

    /** Rows that hold another name, and rows that the application has written and that are gone. */
    long wrong() {
        return wrong + unseen.size();
    }
}
