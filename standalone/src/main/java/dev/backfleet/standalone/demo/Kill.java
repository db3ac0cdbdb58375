package dev.backfleet.standalone.demo;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.standalone.postgres.HeldShards;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Kills the busiest worker half-way, and measures the cost. */
public final class Kill {

    private static final double HALF = 50;

    private final LocalStack stack;
    private final Database database;
    private final Ticker ticker;
    private @Nullable Victim victim;
    private @Nullable Duration standstill;

    /** Creates it. */
    public Kill(LocalStack stack, Database database, Ticker ticker) {
        this.stack = stack;
        this.database = database;
        this.ticker = ticker;
    }

    /** Takes the next step if it is due, and reports it. */
    public void look(Snapshot now, Consumer<String> tell) {
        var dead = victim;
        if (dead == null) {
            if (now.job().percent() >= HALF && !now.job().atRest()) {
                busiest(now).ifPresent(process -> kill(process, now, tell));
            }
        } else if (standstill == null && dead.held().haveGoneOn()) {
            var took = ticker.now().minus(dead.at());
            standstill = took;
            tell.accept("its shards continued from their checkpoints after " + Outcome.seconds(took));
        }
    }

    /** The cost, in words. */
    public String cost() {
        var dead = victim;
        if (dead == null) {
            return "none: the job finished too soon to kill a worker half-way;\ntry more --rows";
        }
        if (dead.held().count() == 0) {
            return dead.name() + " died between two shards, and cost nothing";
        }
        var wait =
                standstill == null ? "" : " after " + Outcome.seconds(standstill) + ",\nwhen their leases had expired";
        return dead.name() + " died with " + shards(dead.held().count()) + " in hand;\n"
                + "others continued from the checkpoints" + wait;
    }

    private void kill(FleetProcess process, Snapshot now, Consumer<String> tell) {
        process.kill();
        var at = ticker.now();
        var held = HeldShards.of(database, now.job().id(), process.name());
        victim = new Victim(process.name(), at, held);
        tell.accept("%s (process %d) was killed with SIGKILL at %.0f %%; it held %s"
                .formatted(process.name(), process.pid(), now.job().percent(), shards(held.count())));
        if (stack.workers().stream().noneMatch(FleetProcess::isAlive)) {
            tell.accept("it was the only one: " + stack.startWorker().name() + " starts in its place");
        }
    }

    private Optional<FleetProcess> busiest(Snapshot now) {
        return now.workers().stream()
                .filter(worker -> worker.alive() && worker.busy() > 0)
                .sorted(Comparator.comparingInt(WorkerStatus::busy).reversed())
                .flatMap(worker -> stack.workers().stream().filter(process -> isThat(process, worker)))
                .findFirst();
    }

    private static boolean isThat(FleetProcess process, WorkerStatus worker) {
        return process.isAlive()
                && process.pid() == worker.pid()
                && process.name().equals(worker.id());
    }

    private static String shards(int count) {
        return HumanText.number(count) + (count == 1 ? " shard" : " shards");
    }

    /**
     * The dead worker.
     *
     * @param name its name
     * @param at when it was killed
     * @param held what it held then
     */
    private record Victim(String name, Duration at, HeldShards held) {}
}
