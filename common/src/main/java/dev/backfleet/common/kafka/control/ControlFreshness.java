package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.control.Suspension;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The last view of the control topic, and the time of the last proof that it was complete. The age is checked at each
 * use, so that a process that was frozen does not act on an old view.
 */
final class ControlFreshness {
    private final Duration proofTimeout;
    private final Optional<Duration> heartbeatTimeout;
    private final LongSupplier nanoTime;
    private final long began;
    private volatile Proof proof = new Proof(ControlView.DISCONNECTED, 0, OptionalLong.empty());
    private volatile long pausedAt;

    /**
     * Nothing was read yet.
     *
     * @param proofTimeout how long a proof is valid
     * @param heartbeatTimeout how long a coordinator's heartbeat is valid; empty: no heartbeat is needed
     * @param nanoTime the monotonic clock
     */
    ControlFreshness(Duration proofTimeout, Optional<Duration> heartbeatTimeout, LongSupplier nanoTime) {
        this.proofTimeout = proofTimeout;
        this.heartbeatTimeout = heartbeatTimeout;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.pausedAt = began;
    }

    /** Why nothing is permitted now, and for how long; empty if the fleet may run. */
    Optional<Suspension> suspension() {
        var current = proof;
        var view = view();
        if (!view.connected()) {
            // Before the first proof, the control topic counts as unreachable since the start.
            return since(NotAccepting.CONTROL_TOPIC_UNREACHABLE, current.at == 0 ? began : current.at);
        }
        if (!view.hasLeader()) {
            return since(NotAccepting.NO_COORDINATOR, current.beat.orElse(began));
        }
        return view.fleetMayRun() ? Optional.empty() : since(NotAccepting.FLEET_PAUSED, pausedAt);
    }

    /** Time since the last proof that the topic was read to its end; before the first one, since the start. */
    Duration lag() {
        var at = proof.at;
        return Duration.ofNanos(nanoTime.getAsLong() - (at == 0 ? began : at));
    }

    /** Time since the last heartbeat of a coordinator, as far as is known; before the first one, since the start. */
    Duration heartbeatAge() {
        return Duration.ofNanos(nanoTime.getAsLong() - proof.beat.orElse(began));
    }

    private Optional<Suspension> since(NotAccepting reason, long moment) {
        return Optional.of(new Suspension(reason, Duration.ofNanos(nanoTime.getAsLong() - moment)));
    }

    ControlView view() {
        var current = proof;
        var now = nanoTime.getAsLong();
        var view = current.view.withLeader(isLed(current, now));
        return view.connected() && now - current.at > proofTimeout.toNanos() ? view.withConnected(false) : view;
    }

    private boolean isLed(Proof current, long now) {
        return heartbeatTimeout.isEmpty()
                || (current.beat.isPresent()
                        && now - current.beat.getAsLong()
                                <= heartbeatTimeout.get().toNanos());
    }

    /**
     * A heartbeat of a coordinator was read after the last proof. Its age is unknown, because the clocks of two
     * machines cannot be compared. So it counts as being as old as the proof, and a process that was frozen finds it
     * expired.
     */
    void heartbeat() {
        proof = new Proof(proof.view, proof.at, OptionalLong.of(proof.at));
    }

    /** The view contains every record that was published before {@code at}. */
    void proven(ControlView view, long at) {
        noteAPause(view);
        proof = new Proof(view.withConnected(true), at, proof.beat);
    }

    /** Records were read since the last proof. */
    void changed(ControlView view) {
        noteAPause(view);
        proof = new Proof(view.withConnected(proof.view.connected()), proof.at, proof.beat);
    }

    private void noteAPause(ControlView view) {
        if (view.state(Scope.FLEET) != proof.view.state(Scope.FLEET)) {
            pausedAt = nanoTime.getAsLong();
        }
    }

    /** The topic does not exist or cannot be read. The desired states stay known but permit nothing. */
    void lost() {
        proof = new Proof(proof.view.withConnected(false), proof.at, proof.beat);
    }

    private record Proof(ControlView view, long at, OptionalLong beat) {}
}
