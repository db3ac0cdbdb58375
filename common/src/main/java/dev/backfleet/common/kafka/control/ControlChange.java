package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.timeline.Timeline;
import java.util.Optional;

/** What one record of the control topic does to the view. */
public sealed interface ControlChange {

    /** The view after it. */
    ControlView applyTo(ControlView view);

    /**
     * Somebody wants something of a scope, or nothing any more.
     *
     * @param scope of what
     * @param record what is wanted; empty if the wish was taken back
     */
    record Wish(Scope scope, Optional<ControlRecord> record) implements ControlChange {
        @Override
        public ControlView applyTo(ControlView view) {
            return record.map(wanted -> view.with(scope, wanted)).orElseGet(() -> view.without(scope));
        }
    }

    /**
     * The leading coordinator was alive when it said so; how long ago that was, only the listener can tell.
     *
     * @param timeline of the database that it leads on; empty if it does not know
     */
    record Heartbeat(Optional<Timeline> timeline) implements ControlChange {
        @Override
        public ControlView applyTo(ControlView view) {
            return view;
        }
    }

    /** The record is about another target. */
    record OfAnotherTarget() implements ControlChange {
        @Override
        public ControlView applyTo(ControlView view) {
            return view;
        }
    }

    /**
     * The record is not understood; what was wanted before stays wanted.
     *
     * @param tag the kind of reason, for the metric
     * @param reason why, in words
     */
    record Rejected(String tag, String reason) implements ControlChange {
        @Override
        public ControlView applyTo(ControlView view) {
            return view;
        }
    }
}
