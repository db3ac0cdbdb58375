package dev.backfleet.coordinator.ddl;

import dev.backfleet.common.unit.HumanText;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server session does to the definition of a table at this moment: it builds or drops an index, or validates a constraint.
 *
 * @param pid its server process
 * @param user its user; null: not known
 * @param application its {@code application_name}; null: none, or not known
 * @param table the table, or the partition
 * @param what what it does, such as {@code building index: loading tuples in tree}
 * @param percent how far that phase is; null: not known
 * @param waitsFor the session that it waits for, as a clause; null: none
 * @param runningSeconds for how long its statement has run, seconds; null: this role may not see it
 */
public record TableWork(
        int pid,
        @Nullable String user,
        @Nullable String application,
        String table,
        String what,
        @Nullable Integer percent,
        @Nullable String waitsFor,
        @Nullable Long runningSeconds) {

    /** In one line, without the time: the same as long as nothing has changed. */
    public String words() {
        return Stream.of("pid " + pid, named("user", user), named("application", application))
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining(", "))
                + " on " + table + ": " + what + (percent == null ? "" : ", " + percent + " %")
                + (waitsFor == null ? "" : ", waits for the transaction of " + waitsFor);
    }

    /** The same with the time. */
    public String wordsWithTime() {
        return words()
                + (runningSeconds == null ? "" : ", for " + HumanText.elapsed(Duration.ofSeconds(runningSeconds)));
    }

    private static String named(String what, @Nullable String name) {
        return name == null || name.isEmpty() ? "" : what + " " + name;
    }
}
