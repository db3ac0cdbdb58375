package dev.backfleet.worker.consume;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.health.Pulse;
import dev.backfleet.common.task.Target;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskQueue;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.Claim;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop that consumes tasks: a free slot first, then a task, then the claim, then the acknowledgement. */
public final class TaskConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(TaskConsumer.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);

    private final TaskQueue queue;
    private final Slots slots;
    private final ShardAccess database;
    private final ShardExecutor executor;
    private final Conditions conditions;
    private final Sleeper sleeper;
    private final Pulse pulse = Pulse.system();

    // Acknowledged, but not claimed, since the database was unavailable. Its dispatch number is good for one claim,
    // by any worker.
    private @Nullable Task unclaimed;

    /** Of one worker. */
    public TaskConsumer(
            TaskQueue queue,
            Slots slots,
            ShardAccess database,
            ShardExecutor executor,
            Conditions conditions,
            Sleeper sleeper) {
        this.queue = queue;
        this.slots = slots;
        this.database = database;
        this.executor = executor;
        this.conditions = conditions;
        this.sleeper = sleeper;
    }

    /** Consumes tasks until the worker stops. */
    public void runUntilStopped() throws InterruptedException {
        while (!conditions.stopping().getAsBoolean()) {
            pulse.beat();
            runOnce();
        }
        pulse.excuse(true);
    }

    /** When the loop last made progress. */
    public Pulse pulse() {
        return pulse;
    }

    private void runOnce() throws InterruptedException {
        if (!slots.reserve(POLL_TIMEOUT)) {
            queue.rest();
            return;
        }
        var used = false;
        Optional<TaskQueue.Delivery> delivery = Optional.empty();
        try {
            if (acceptsTasks()) {
                var task = unclaimed;
                unclaimed = null;
                if (task == null) {
                    delivery = queue.take(POLL_TIMEOUT);
                    task = delivery.map(TaskQueue.Delivery::task).orElse(null);
                }
                used = task != null && work(task);
            }
        } finally {
            if (!used) {
                slots.release();
            }
        }
        // Acknowledged as soon as the claim is decided: from then on the lease grants the right to work, and not the
        // broker, so that the work need not wait for the broker's answer.
        delivery.ifPresent(queue::acknowledge);
    }

    private boolean acceptsTasks() throws InterruptedException {
        if (conditions.suspension().get().isEmpty()) {
            return true;
        }
        queue.rest();
        sleeper.sleep(POLL_TIMEOUT);
        return false;
    }

    /** Whether the reserved slot is in use now. */
    private boolean work(Task task) {
        var claim = claim(task);
        claim.ifPresent(won -> slots.work(() -> executor.run(won, database)));
        return claim.isPresent();
    }

    private Optional<Claim> claim(Task task) {
        if (!task.target().equals(Target.DEFAULT)) {
            LOG.atWarn()
                    .addKeyValue("target", task.target())
                    .log("task dropped: this worker does not serve its target");
            return Optional.empty();
        }
        if (!conditions.control().get().mayRun(task.shard().job())) {
            return Optional.empty();
        }
        try {
            return database.leases().claim(task).map(claim -> claim.sentBy(task.traceparent()));
        } catch (StatementFailedException e) {
            var unavailable = e.failure().isOfUnavailableDatabase();
            unclaimed = unavailable ? task : null;
            LOG.atWarn()
                    .addKeyValue("job", task.shard().job())
                    .addKeyValue("shard", task.shard().number())
                    .addKeyValue("code", e.failure().code())
                    .addKeyValue("action", EventAction.CLAIM_FAILED)
                    .log(
                            unavailable
                                    ? "claim failed; it is tried again when the database is available"
                                    : "claim failed; the task will be dispatched again");
            return Optional.empty();
        }
    }

    /**
     * The conditions for taking a task.
     *
     * @param control what control permits now
     * @param suspension why the worker accepts no tasks now, as its heartbeat reports it; empty if it does
     * @param stopping whether the worker is shutting down
     */
    public record Conditions(
            Supplier<ControlView> control, Supplier<Optional<Suspension>> suspension, BooleanSupplier stopping) {}
}
