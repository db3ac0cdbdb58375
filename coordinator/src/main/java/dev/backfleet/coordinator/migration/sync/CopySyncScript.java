package dev.backfleet.coordinator.migration.sync;

import java.util.ArrayList;
import java.util.List;

/**
 * The statements that make the sync of copies, and those that remove it; names and order are an interface.
 *
 * @param job the name of the job
 * @param create each without a semicolon at its end
 * @param drop each without a semicolon at its end
 */
public record CopySyncScript(String job, List<String> create, List<String> drop) {

    /** Copies the lists. */
    public CopySyncScript {
        create = List.copyOf(create);
        drop = List.copyOf(drop);
    }

    /** The script that makes it, as psql reads it: in one transaction, which waits for no lock for long. */
    public List<String> making() {
        return script(
                "Keeps the copies of job " + job + " as the rows are. If the lock does not come, run it again.",
                create);
    }

    /** The script that removes it. */
    public List<String> removing() {
        return script("Removes what keeps the copies of job " + job + " as the rows are; the copies stay.", drop);
    }

    private static List<String> script(String what, List<String> statements) {
        var lines = new ArrayList<>(List.of("-- " + what, "begin;", "set local lock_timeout = '500ms';"));
        statements.forEach(statement -> lines.add(statement + ";"));
        lines.add("commit;");
        return lines;
    }
}
