package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.timeline.Timeline;
import java.util.Optional;

/** The effect of one record of the control topic on the view. */
public sealed interface ControlChange {

    /** The view after it. */
    ControlView applyTo(ControlView view);

    /**
     * A new desired state of a scope, or its removal.
     *
     * @param scope the scope
     * @param record the desired state; empty after a tombstone
     */
    record Desired(Scope scope, Optional<ControlRecord> record) implements ControlChange {
        @Override
        public ControlView applyTo(ControlView view) {
            return record.map(wanted -> view.with(scope, wanted)).orElseGet(() -> view.without(scope));
        }
    }

    /**
     * A heartbeat of the leading coordinator; only the listener can determine its age.
     *
     * @param timeline the timeline of the coordinator's database; empty if unknown
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
     * The record is invalid; the desired states stay as they were.
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
