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
 * What was heard, and since when there is no proof that it is still all: asked at the moment of use, so that a process
 * that was frozen does not act on what it knew before.
 */
final class ControlFreshness {
    private final Duration silence;
    private final Optional<Duration> leaderless;
    private final LongSupplier nanoTime;
    private final long began;
    private volatile Proof proof = new Proof(ControlView.UNHEARD, 0, OptionalLong.empty());
    private volatile long pausedAt;

    /**
     * Nothing was heard yet.
     *
     * @param silence how long a proof is worth something
     * @param leaderless how long a coordinator's sign of life is worth something; empty: none is needed
     * @param nanoTime the monotonic clock
     */
    ControlFreshness(Duration silence, Optional<Duration> leaderless, LongSupplier nanoTime) {
        this.silence = silence;
        this.leaderless = leaderless;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.pausedAt = began;
    }

    /** Why nothing is permitted now, and for how long; nothing if the fleet may run. */
    Optional<Suspension> suspension() {
        var current = proof;
        var view = view();
        if (!view.heard()) {
            // Before the first proof there was none since the beginning.
            return since(NotAccepting.CONTROL_TOPIC_UNREACHABLE, current.at == 0 ? began : current.at);
        }
        if (!view.led()) {
            return since(NotAccepting.NO_COORDINATOR, current.beat.orElse(began));
        }
        return view.fleetMayRun() ? Optional.empty() : since(NotAccepting.FLEET_PAUSED, pausedAt);
    }

    private Optional<Suspension> since(NotAccepting reason, long moment) {
        return Optional.of(new Suspension(reason, Duration.ofNanos(nanoTime.getAsLong() - moment)));
    }

    ControlView view() {
        var current = proof;
        var now = nanoTime.getAsLong();
        var view = current.view.withLed(isLed(current, now));
        return view.heard() && now - current.at > silence.toNanos() ? view.withHeard(false) : view;
    }

    private boolean isLed(Proof current, long now) {
        return leaderless.isEmpty()
                || (current.beat.isPresent()
                        && now - current.beat.getAsLong() <= leaderless.get().toNanos());
    }

    /**
     * A coordinator gave a sign of life after the last proof. How long after, nobody knows: the clocks of two machines
     * do not compare. So the sign counts as being as old as the proof, and a process that was frozen finds it stale.
     */
    void heartbeat() {
        proof = new Proof(proof.view, proof.at, OptionalLong.of(proof.at));
    }

    /** Everything that was said before {@code at} is in the view. */
    void proven(ControlView view, long at) {
        noteAPause(view);
        proof = new Proof(view.withHeard(true), at, proof.beat);
    }

    /** More was said since the last proof. */
    void changed(ControlView view) {
        noteAPause(view);
        proof = new Proof(view.withHeard(proof.view.heard()), proof.at, proof.beat);
    }

    private void noteAPause(ControlView view) {
        if (view.state(Scope.FLEET) != proof.view.state(Scope.FLEET)) {
            pausedAt = nanoTime.getAsLong();
        }
    }

    /** The topic is not there or not readable; what was wanted stays known, but permits nothing. */
    void lost() {
        proof = new Proof(proof.view.withHeard(false), proof.at, proof.beat);
    }

    private record Proof(ControlView view, long at, OptionalLong beat) {}
}
