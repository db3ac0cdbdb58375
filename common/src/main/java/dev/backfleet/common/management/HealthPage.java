package dev.backfleet.common.management;

import dev.backfleet.common.health.Check;
import dev.backfleet.common.health.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a process answers when it is asked for its health. */
final class HealthPage {
    private volatile Phase phase = Phase.STARTING;
    private volatile Health health = Health.NONE;

    void started(Health now) {
        health = now;
        phase = Phase.RUNNING;
    }

    void stopping() {
        phase = Phase.STOPPING;
    }

    /** Whether it is alive: its loops make progress. It is while it starts, and while it stops. */
    Answer live(boolean verbose) {
        return answer("livez", health.live(), verbose);
    }

    /** Whether it can do its work. */
    Answer ready(boolean verbose) {
        var all = new ArrayList<Check>();
        all.add(new Check("phase", this::phaseProblem));
        all.addAll(health.ready());
        return answer("readyz", all, verbose);
    }

    /** Whether it has started; then it stays true. */
    Answer startup(boolean verbose) {
        return answer(
                "startupz",
                List.of(Check.that("started", () -> phase != Phase.STARTING, Phase.STARTING.words)),
                verbose);
    }

    private Optional<String> phaseProblem() {
        var now = phase;
        return now == Phase.RUNNING ? Optional.empty() : Optional.of(now.words);
    }

    private static Answer answer(String name, List<Check> checks, boolean verbose) {
        var healthy = true;
        var lines = new StringBuilder();
        for (var check : checks) {
            var problem = check.problem().get();
            healthy &= problem.isEmpty();
            lines.append(problem.map(what -> "[-] " + check.name() + ": " + what)
                            .orElse("[+] " + check.name()))
                    .append('\n');
        }
        if (healthy && !verbose) {
            return new Answer(true, "ok\n");
        }
        return new Answer(healthy, lines + name + (healthy ? " ok\n" : " failed\n"));
    }

    private enum Phase {
        STARTING("the process is starting: it waits for its servers, the control schema or the topics"),
        RUNNING("running"),
        STOPPING("the process is stopping");

        private final String words;

        Phase(String words) {
            this.words = words;
        }
    }

    /** @param text for a person; names loops and servers, and no values */
    record Answer(boolean healthy, String text) {}
}
