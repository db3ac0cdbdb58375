package dev.backfleet.coordinator.lead;

import dev.backfleet.common.metric.DutyName;
import java.util.HashSet;
import java.util.Set;

/** Names of threads: a duty may run in several, each of which has a check of its own. */
public final class ThreadNames {
    private final Set<String> taken = new HashSet<>();

    /** The duty's name; from its second thread on with a number. */
    public String next(DutyName duty) {
        var name = duty.text();
        for (var number = 2; !taken.add(name); number++) {
            name = duty.text() + "-" + number;
        }
        return name;
    }
}
