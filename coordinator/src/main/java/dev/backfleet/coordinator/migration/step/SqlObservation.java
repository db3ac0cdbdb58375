package dev.backfleet.coordinator.migration.step;

import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a statement of a migration's author did to an empty copy of the table.
 *
 * @param untried why it was not tried, as a clause; empty: it was
 * @param lock the strongest lock that it took on the table; empty: none
 * @param rewritten whether it stored the table anew
 * @param scanned whether it read the table
 */
public record SqlObservation(Optional<String> untried, Optional<LockMode> lock, boolean rewritten, boolean scanned) {

    /** It was not tried. */
    public static SqlObservation untried(String why) {
        return new SqlObservation(Optional.of(why), Optional.empty(), false, false);
    }

    /** What is worse than the file declares, each as a clause; empty if nothing is. */
    public List<String> undeclared(Element.Sql declared) {
        var found = new ArrayList<String>();
        lock.filter(mode -> declared.lock().isEmpty()
                        || mode.compareTo(declared.lock().get()) > 0)
                .ifPresent(mode -> found.add("it takes the lock " + mode.sql() + ", and "
                        + declared.lock()
                                .map(less -> less.sql() + " is declared")
                                .orElse("none is declared")));
        if (rewritten) {
            found.add("it stores the whole table anew, and the application waits meanwhile");
        } else if (scanned && lock.filter(LockMode::holdsApplicationUp).isPresent()) {
            found.add("it reads the whole table, and the application waits meanwhile");
        }
        return List.copyOf(found);
    }
}
