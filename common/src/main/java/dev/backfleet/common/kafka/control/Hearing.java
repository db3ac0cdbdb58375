package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlView;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What was heard, and since when there is no proof that it is still all: asked at the moment of use, so that a process
 * that was frozen does not act on what it knew before.
 */
final class Hearing {
    private final Duration silence;
    private final LongSupplier nanoTime;
    private volatile Proof proof = new Proof(ControlView.UNHEARD, 0);

    Hearing(Duration silence, LongSupplier nanoTime) {
        this.silence = silence;
        this.nanoTime = nanoTime;
    }

    ControlView view() {
        var current = proof;
        if (!current.view.heard()) {
            return current.view;
        }
        var quiet = nanoTime.getAsLong() - current.at;
        return quiet > silence.toNanos() ? current.view.withHeard(false) : current.view;
    }

    /** Everything that was said before {@code at} is in the view. */
    void proven(ControlView view, long at) {
        proof = new Proof(view.withHeard(true), at);
    }

    /** More was said since the last proof. */
    void changed(ControlView view) {
        proof = new Proof(view.withHeard(proof.view.heard()), proof.at);
    }

    /** The topic is not there or not readable; what was wanted stays known, but permits nothing. */
    void lost() {
        proof = new Proof(proof.view.withHeard(false), proof.at);
    }

    private record Proof(ControlView view, long at) {}
}
